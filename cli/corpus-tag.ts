/** malmoi corpus tag: names for versions, to be used wherever DATASET@N is. */
import { UsageError } from '../pipeline/contract.ts'
import { deleteTag, listTags, setTag, unpinTag } from '../store/tags.ts'
import { resolveVersion } from '../store/versions.ts'
import { printTable } from './table.ts'
import type { Call, Verb } from './verb.ts'

export const verb: Verb = {
  usage: '[DATASET | DATASET@N TAG [--pin] [--move] | DATASET@TAG --delete | --unpin]',
  details: `
Gives a version a name: \`news@paper\` then stands wherever \`news@7\` does. A version with a tag is not pruned. A pinned
tag can neither move nor go until it is unpinned. Without TAG it lists the tags.

A tag is letters, digits, \`.\`, \`_\` and \`-\`; it is no number, and not \`latest\`.

  malmoi corpus tag news@7 paper --pin
  malmoi corpus tag news@8 newest --move
  malmoi corpus tag news@newest --delete
  malmoi corpus tag news`,
  options: {
    pin: { type: 'boolean', about: 'it may neither move nor be deleted' },
    unpin: { type: 'boolean', about: 'it may again' },
    move: { type: 'boolean', about: 'take the tag from the version that has it' },
    delete: { type: 'boolean', about: 'take the tag away' },
  },
  async run(call) {
    const [name, tag, ...more] = call.positionals
    const [deleting, unpinning] = [call.flag('delete'), call.flag('unpin')]
    if (more.length > 0)
      throw new UsageError('malmoi corpus tag takes a version and a tag: `malmoi corpus tag news@7 paper`')
    if (deleting || unpinning) {
      if (deleting && unpinning) throw new UsageError('give --unpin first, then --delete: one of them at a time')
      const { db } = (await call.open()).connection
      const given = existing(name, tag)
      await (deleting ? deleteTag : unpinTag)(db, given)
      told(call, { ...given, [deleting ? 'deleted' : 'pinned']: deleting })
      return
    }
    if (tag === undefined) {
      await list(call, name)
      return
    }
    checkTag(tag)
    const { db } = (await call.open()).connection
    const { dataset, number } = await resolveVersion(db, name ?? '')
    await setTag(db, { dataset, tag, number, pinned: call.flag('pin') }, call.flag('move'))
    const [now] = (await listTags(db, dataset)).filter((each) => each.tag === tag)
    told(call, { dataset, tag, version: `${dataset}@${number}`, pinned: now?.pinned ?? false })
  },
}

async function list(call: Call, dataset: string | undefined): Promise<void> {
  if (call.flag('pin') || call.flag('move')) throw new UsageError('name the tag: `malmoi corpus tag news@7 paper`')
  if (dataset?.includes('@')) throw new UsageError(`name the tag: \`malmoi corpus tag ${dataset} paper\``)
  const { db } = (await call.open()).connection
  if (dataset !== undefined) await resolveVersion(db, dataset)
  const rows = (await listTags(db, dataset ?? null)).map((each) => ({
    tag: `${each.dataset}@${each.tag}`,
    version: `${each.dataset}@${each.number}`,
    pinned: each.pinned,
  }))
  if (call.json) for (const row of rows) call.emit(row)
  else printTable(call, rows)
}

/** `news@paper`, or `news paper`, or `news@7 paper`: the number then says nothing. */
function existing(name: string | undefined, tag: string | undefined): { dataset: string; tag: string } {
  const [dataset = '', named] = (name ?? '').split('@')
  const wanted = tag ?? named
  if (dataset === '' || wanted === undefined)
    throw new UsageError('name the tag: `malmoi corpus tag news@paper --delete`')
  return { dataset, tag: wanted }
}

function checkTag(tag: string): void {
  if (/^[\p{L}\p{N}._-]+$/u.test(tag) && !/^\d+$/.test(tag) && tag !== 'latest') return
  throw new UsageError(`${tag} is no tag: use letters, digits, . _ and -, not a number alone, and not \`latest\``)
}

function told(call: Call, outcome: Readonly<Record<string, string | boolean>>): void {
  if (call.json) call.emit(outcome)
  else
    call.print(
      Object.entries(outcome)
        .map(([field, value]) => `${field} ${value}`)
        .join('  '),
    )
}
