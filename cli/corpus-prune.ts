/** malmoi corpus prune: lets old versions go, by the retention of the config. */
import { UsageError } from '../pipeline/contract.ts'
import type { Config, Retention } from '../pipeline/recipe.ts'
import { collectObjects, GRACE_MS } from '../store/collect.ts'
import { keptVersions, pruneVersions } from '../store/prune.ts'
import { CONFIG_FILE } from './config-fields.ts'
import { pickDataset } from './plan-run.ts'
import { printTable } from './table.ts'
import { onCorpus } from './takedown-deps.ts'
import type { Call, Verb } from './verb.ts'
import type { Workspace } from './workspace.ts'

export const verb: Verb = {
  usage: '[DATASET] [--dry-run | --yes]',
  details: `
Versions beyond the dataset's \`retention\` (\`{ versions: 30 }\`, the last thirty, or \`{ days: 90 }\`) go, unless they
have a tag, a checkpoint was trained on them, they were exported, or a pinned tokenizer comes from them. The latest stays.
A training set that nothing was trained on does not hold its version.

What stays answers as before, and is compared as before; the numbers of what went are not given again. Captures, texts
and shards are kept: other versions, and \`malmoi why\`, know them. The lists and the state of duplicates that only the
versions that went had are removed from the disk, once nothing has used them for a day; asked for, they are made again.

Without --yes it only says what would go.

  malmoi corpus prune news
  malmoi corpus prune --yes`,
  options: {
    'dry-run': { type: 'boolean', about: 'only say what would go (also without it, unless there is --yes)' },
    yes: { type: 'boolean', about: 'let them go' },
  },
  async run(call) {
    const [name, ...more] = call.positionals
    if (more.length > 0) throw new UsageError('malmoi corpus prune takes one dataset, or none for all')
    if (call.flag('dry-run') && call.flag('yes')) throw new UsageError('--dry-run and --yes are opposites: give one')
    const datasets = retained(await call.config(), name)
    const workspace = await call.open()
    await onCorpus(workspace, () => prune(call, workspace, datasets))
  },
}

async function prune(call: Call, { connection, objects }: Workspace, datasets: readonly Retained[]): Promise<void> {
  const { db } = connection
  for (const { dataset, retention } of datasets) {
    const versions = await keptVersions(db, dataset, retention)
    const rows = versions.map(({ number, documents, frozenAt, because }) => ({
      version: `${dataset}@${number}`,
      documents,
      frozenAt,
      kept: because,
    }))
    if (call.json) for (const row of rows) call.emit(row)
    else printTable(call, rows)
    const goes = rows.filter(({ kept }) => kept === null).length
    if (!call.flag('yes')) {
      if (goes > 0) call.note(`${goes} of ${rows.length} versions of ${dataset} would go: say --yes to let them`)
      continue
    }
    const pruned = await pruneVersions(db, dataset, retention)
    if (call.json) call.emit({ dataset, pruned })
    else
      call.print(
        `${dataset}: ${pruned.versions.length} versions, ${pruned.memberships} memberships and ${pruned.duplicates} duplicates are gone`,
      )
  }
  if (!call.flag('yes')) return
  const collected = await collectObjects(db, objects, GRACE_MS)
  if (call.json) call.emit({ collected })
  else call.print(`${collected.objects} objects collected, ${collected.bytes} bytes`)
}

interface Retained {
  readonly dataset: string
  readonly retention: Retention
}

function retained(config: Config, name: string | undefined): readonly Retained[] {
  const datasets = name === undefined ? config.datasets : [pickDataset(config, name)]
  const found = datasets.flatMap(({ name: dataset, retention }) => (retention ? [{ dataset, retention }] : []))
  if (found.length > 0) return found
  const which = name === undefined ? 'no dataset has a rule' : `dataset ${name} has no rule`
  throw new UsageError(
    `${CONFIG_FILE}: ${which} of retention: write \`retention: { versions: 30 }\` or \`retention: { days: 90 }\``,
  )
}
