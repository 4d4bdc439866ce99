/** An open workspace: database, objects, worker threads and the stages over them. Wires; decides nothing. */
import { mkdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { createStages, type ExecuteDeps, type Reporter, type Stages } from '../pipeline/execute.ts'
import { localExecutor } from '../pipeline/executors/local.ts'
import { connect } from '../store/connect.ts'
import { openObjects } from '../store/objects.ts'
import { PSEUDONYM_KEY } from './config-dataset.ts'

export interface Workspace extends ExecuteDeps {
  readonly stages: Stages
  close(): Promise<void>
}

export async function openWorkspace(
  root: string,
  options: { readonly workers: number | undefined; readonly reporter: Reporter; readonly signal: AbortSignal },
): Promise<Workspace> {
  const folder = join(root, '.malmoi')
  mkdirSync(folder, { recursive: true })
  const connection = await connect(root, process.env.DATABASE_URL)
  const executor = localExecutor(options.workers ?? availableParallelism())
  const deps: ExecuteDeps = {
    connection,
    objects: openObjects(join(folder, 'objects')),
    folder,
    executor,
    reporter: options.reporter,
    signal: options.signal,
    pseudonymKey: process.env[PSEUDONYM_KEY] ?? null,
  }
  return {
    ...deps,
    stages: createStages(deps),
    async close() {
      await executor.close()
      await connection.close()
    },
  }
}
