/** What takedowns work with, wired from an open workspace; and going on with those that were cut off. */
import { reexport } from '../pipeline/export.ts'
import type { Attestation } from '../pipeline/takedown/attestation.ts'
import { finishTakedowns, type TakedownDeps } from '../pipeline/takedown/take-down.ts'
import { aloneWithCorpus, usingCorpus } from '../store/corpus-use.ts'
import { unfinishedTakedowns } from '../store/takedown/record.ts'
import type { Workspace } from './workspace.ts'

export function takedownDeps(workspace: Workspace, report: (line: string) => void): TakedownDeps {
  const { connection, objects, folder } = workspace
  return {
    connection,
    objects,
    folder,
    report,
    reexport: async (path) => {
      report(`export ${path}`)
      const written = await reexport(workspace, path)
      return written === null ? 'not there any more' : `written again, ${written.documents} documents`
    },
  }
}

/** Works on the corpus beside others; takedowns that were cut off are gone on with before. */
export async function onCorpus<Result>(workspace: Workspace, work: () => Promise<Result>): Promise<Result> {
  await finishPending(workspace)
  return usingCorpus(workspace.connection, work)
}

async function finishPending(workspace: Workspace): Promise<readonly Attestation[]> {
  if ((await unfinishedTakedowns(workspace.connection.db)).length === 0) return []
  const deps = takedownDeps(workspace, (line) => process.stderr.write(`${line}\n`))
  return aloneWithCorpus(workspace.connection, () => finishTakedowns(deps))
}
