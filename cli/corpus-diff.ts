/** malmoi corpus diff: what changed between two versions, and why; of one document, word by word. */
import { FailedError, UsageError } from '../pipeline/contract.ts'
import type { Change } from '../store/answers.ts'
import { type ChangeCount, diffCounts, diffVersions, type Sums } from '../store/diff.ts'
import { diffStatement } from '../store/diff-sql.ts'
import { type MemberText, memberTexts } from '../store/member-text.ts'
import { resolveVersion, type VersionRow } from '../store/versions.ts'
import { keysOf } from './document-keys.ts'
import { tableLines } from './table.ts'
import { hunkLines, textHunks } from './text-diff.ts'
import type { Call, Verb } from './verb.ts'
import type { Workspace } from './workspace.ts'

/** Lines that share the width of their columns. */
const TABLE_ROWS = 500

export const verb: Verb = {
  usage: 'DATASET@M DATASET@N [--stat | --text URL | --sql]',
  details: `
One line a document that was added, removed or changed, with the cause:

  crawled, revised, gone               the web has it, has it otherwise, has it no more
  accepted, rejected                   by a rule of cleaning, with its threshold before and after
  duplicate, elected                   another copy is kept, or this one is now
  cleaning, paragraphs                 the same page with other clean text, other paragraphs left out
  contaminated, licence, window        an evaluation set, a licence, a span of days keeps it out
  cap, mixture, recipe                 the dataset takes less of its source, or no more of it
  takedown                             it was taken down

Where several versions lie between the two, the cause is the last one's, and what ends as it began is left out. Backwards
(news@7 news@6) it is the cause of the step that is taken back.

--stat counts documents and bytes by cause, rule and threshold; they add up to the difference of the versions, or that is
an error. --sql prints a statement for psql that gives the same rows (without the details) from the views corpus.*.

  malmoi corpus diff news@6 news@7
  malmoi corpus diff news@6 news@7 --stat
  malmoi corpus diff news@6 news@7 --text https://example.org/news/1.html
  malmoi corpus diff news@6 news@7 --sql | psql "$DATABASE_URL"`,
  options: {
    stat: { type: 'boolean', about: 'documents and bytes by change, cause and rule' },
    text: { type: 'string', value: 'URL', about: 'one document in both, word by word' },
    sql: { type: 'boolean', about: 'the statement that gives the same rows' },
  },
  async run(call) {
    const [older, newer, ...more] = call.positionals
    if (!older || !newer || more.length > 0)
      throw new UsageError('malmoi corpus diff takes two versions: `malmoi corpus diff news@6 news@7`')
    const url = call.text('text')
    if ([call.flag('stat'), url !== undefined, call.flag('sql')].filter(Boolean).length > 1)
      throw new UsageError('--stat, --text and --sql are three answers: ask for one')
    const workspace = await call.open()
    const { db } = workspace.connection
    const from = await resolveVersion(db, older)
    const to = await resolveVersion(db, newer)
    if (from.dataset !== to.dataset)
      throw new UsageError(`${older} and ${newer} are of two datasets: compare versions of one`)
    if (call.flag('sql')) printStatement(call, from, to)
    else if (url !== undefined) await printText(call, workspace, { from, to, url })
    else if (call.flag('stat')) await printCounts(call, workspace, from, to)
    else await printChanges(call, workspace, from, to)
  },
}

function printStatement(call: Call, from: VersionRow, to: VersionRow): void {
  const statement = diffStatement(from, to)
  if (call.json) call.emit({ sql: statement })
  else call.print(statement)
}

async function printChanges(call: Call, { connection }: Workspace, from: VersionRow, to: VersionRow): Promise<void> {
  let rows: object[] = []
  let total = 0
  const flush = () => {
    for (const line of tableLines(rows).slice(total > rows.length ? 1 : 0)) call.print(line)
    rows = []
  }
  for await (const change of diffVersions(connection.db, from, to)) {
    if (call.json) call.emit(change)
    else {
      const { bytes, cause, source, url, detail } = change
      const grown = (bytes.to ?? 0) - (bytes.from ?? 0)
      rows.push({ change: change.change, cause, bytes: grown, source, url, detail: detailText(detail) })
      total++
      if (rows.length === TABLE_ROWS) flush()
    }
  }
  if (call.json) return
  flush()
  if (total === 0) call.print('nothing')
}

/** `rule dup_line_frac, measured 0.38, threshold 0.35, before 0.374` */
function detailText(detail: Change['detail']): string {
  return Object.entries(detail ?? {})
    .filter(([, value]) => value !== null)
    .map(([field, value]) => `${field} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ')
}

async function printCounts(call: Call, { connection }: Workspace, from: VersionRow, to: VersionRow): Promise<void> {
  const { counts, sums } = await diffCounts(connection.db, from, to)
  const sides = { from: sizeOf(from), to: sizeOf(to) }
  if (call.json) {
    for (const count of counts) call.emit(count)
    call.emit({ ...sides, sums })
    return
  }
  const rows = counts.map((count) => ({
    documents: signed(count.change === 'removed' ? -count.documents : count.documents, count.change === 'changed'),
    bytes: signed(count.bytesTo - count.bytesFrom),
    change: count.change,
    cause: count.cause,
    by: ruleText(count),
  }))
  for (const line of tableLines(rows)) call.print(line)
  if (rows.length === 0) call.print('nothing')
  for (const line of equations(from, to, sums)) call.print(line)
}

const sizeOf = ({ dataset, number, documents, bytes }: VersionRow) => ({
  version: `${dataset}@${number}`,
  documents,
  bytes,
})

/** `dup_line_frac 0.374 → 0.35` */
function ruleText({ rule, before, threshold }: ChangeCount): string {
  if (rule === null) return ''
  if (before === null) return `${rule} ${threshold}, the text changed`
  return before === threshold ? `${rule} ${threshold}` : `${rule} ${before} → ${threshold}`
}

/** How the changes come to the difference, in documents and in bytes. */
function equations(from: VersionRow, to: VersionRow, { added, removed, bytes }: Sums): readonly string[] {
  const grouped = (value: number) => value.toLocaleString('en')
  return [
    `documents  ${grouped(from.documents)} + ${grouped(added)} − ${grouped(removed)} = ${grouped(to.documents)}`,
    `bytes      ${grouped(from.bytes)} ${bytes < 0 ? '−' : '+'} ${grouped(Math.abs(bytes))} = ${grouped(to.bytes)}`,
  ]
}

function signed(value: number, neutral = false): string {
  const size = Math.abs(value).toLocaleString('en')
  return neutral || value === 0 ? size : `${value < 0 ? '−' : '+'}${size}`
}

interface OneDocument {
  readonly from: VersionRow
  readonly to: VersionRow
  readonly url: string
}

async function printText(call: Call, workspace: Workspace, { from, to, url }: OneDocument): Promise<void> {
  const { db } = workspace.connection
  const keys = keysOf(url, null)
  const [old, fresh] = [await memberTexts(db, from, keys), await memberTexts(db, to, keys)]
  const [some] = [...old, ...fresh]
  const name = ({ dataset, number }: VersionRow) => `${dataset}@${number}`
  if (!some) throw new UsageError(`neither ${name(from)} nor ${name(to)} holds ${url}; see \`malmoi why ${url}\``)
  const of = (texts: readonly MemberText[]) =>
    texts.find((each) => each.source === some.source && each.url === some.url)
  const hunks = textHunks(textOf(of(old), name(from)), textOf(of(fresh), name(to)))
  if (call.json) {
    call.emit({ source: some.source, url: some.url, from: name(from), to: name(to), hunks })
    return
  }
  const colours = process.stdout.isTTY === true && !process.env.NO_COLOR
  call.print(`${some.url}  ${name(from)} → ${name(to)}${hunks.length === 0 ? ': the same text' : ''}`)
  for (const hunk of hunks) for (const line of hunkLines(hunk, colours)) call.print(line)
}

/** Empty where the version does not hold the document. */
function textOf(member: MemberText | undefined, version: string): string {
  if (member?.text === null)
    throw new FailedError(`the text of ${member.url} in ${version} was taken down`, 'nothing of it is left to compare')
  return member?.text ?? ''
}
