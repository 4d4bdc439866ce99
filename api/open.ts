/**
 * Opens a workspace for a program. What the database needs is loaded here and not with the package, so that a config
 * which imports `malmoi` stays light.
 */
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import type { Corpus, OpenOptions } from './types.ts'

const LEAST_NODE = 24

/**
 * Opens the workspace in a folder to read it; starts the embedded PostgreSQL where nobody has yet.
 * @throws UsageError where the folder is none; FailedError where its database cannot be reached, or Node is too old
 */
export async function open(workspace = '.', options: OpenOptions = {}): Promise<Corpus> {
  if (Number(process.versions.node.split('.')[0]) < LEAST_NODE)
    throw new FailedError(
      `malmoi is read by Node ${LEAST_NODE}, and this is ${process.version}`,
      'install a newer Node',
    )
  const folder = resolve(workspace)
  const databaseUrl = options.databaseUrl ?? process.env.DATABASE_URL
  if (!existsSync(folder)) throw new UsageError(`there is no folder ${folder}`)
  if (!databaseUrl && !existsSync(join(folder, '.malmoi')))
    throw new UsageError(`${folder} is no workspace: nothing was crawled or built in it`)
  const { connect } = await import('../store/connect.ts')
  const { createCorpus } = await import('./corpus.ts')
  return createCorpus(folder, await connect(folder, databaseUrl))
}
