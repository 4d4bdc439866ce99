/** What takedowns work with, wired from an open workspace; and going on with those that were cut off. */
import type { Attestation } from '../pipeline/takedown/attestation.ts'
import { finishTakedowns, type TakedownDeps } from '../pipeline/takedown/take-down.ts'
import { aloneWithCorpus, usingCorpus } from '../store/corpus-use.ts'
import { unfinishedTakedowns } from '../store/takedown/record.ts'
import type { Workspace } from './workspace.ts'

export function takedownDeps(
  workspace: Workspace,
  backupDays: number | null,
  report: (line: string) => void,
): TakedownDeps {
  const { connection, objects, folder } = workspace
  return {
    connection,
    objects,
    folder,
    report,
    backupDays,
    removeFromIndex: async () => {},
    reexport: async (path) => `${path} is not known`,
  }
}

/** Works on the corpus beside others; takedowns that were cut off are gone on with before. */
export async function onCorpus<Result>(
  workspace: Workspace,
  backupDays: number | null,
  work: () => Promise<Result>,
): Promise<Result> {
  await finishPending(workspace, backupDays)
  return usingCorpus(workspace.connection, work)
}

async function finishPending(workspace: Workspace, backupDays: number | null): Promise<readonly Attestation[]> {
  if ((await unfinishedTakedowns(workspace.connection.db)).length === 0) return []
  const deps = takedownDeps(workspace, backupDays, (line) => process.stderr.write(`${line}\n`))
  return aloneWithCorpus(workspace.connection, () => finishTakedowns(deps))
}
