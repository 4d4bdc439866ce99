/** malmoi corpus query: documents of a version by what is said of them, or their counts. */
import type { ParquetColumn } from '../export/parquet.ts'
import { UsageError } from '../pipeline/contract.ts'
import { nearest } from '../store/nearest.ts'
import { countBy, countByRule, countDocuments, DIMENSIONS } from '../store/query/counts.ts'
import { type Row, readDocuments, readRejected } from '../store/query/documents.ts'
import { DEFAULT_FIELDS, DEFAULT_REJECTED_FIELDS, type Field, findField } from '../store/query/fields.ts'
import { selectionOf } from '../store/query/selection.ts'
import type { VersionRow } from '../store/versions.ts'
import { AS_OF, chosenVersion, FILTER_OPTIONS, filterOf, VERSION_OPTIONS } from './query-options.ts'
import { formatOf, OUTPUT_OPTIONS, writeRows } from './row-formats.ts'
import type { Call, Verb } from './verb.ts'
import type { Workspace } from './workspace.ts'

const TABLE_FIELDS = ['source', 'url', 'title', 'published', 'bytes', 'text']
const TABLE_ROWS = 20

export const verb: Verb = {
  usage: '[--dataset NAME] [--version N | --as-of DATE] [--source NAME] [--where EXPRESSION] [--count] [--out FILE]',
  details: `
Streams the documents of a version in the order of source and document, or of days where --since or --until bounds them.
--where compares fields and measures of cleaning: = != < <= > >=, and, or, not, ( ), in (…), like, is null; what is
null equals nothing, as in SQL. --count gives documents and bytes, --by counts them by what they have in common;
--by rule tells what became of all documents that the version was made from, --rejected shows those that cleaning
rejected. Without --version the latest; without --dataset the only one there is.

  malmoi corpus query --dataset news --version 7 --source hani --since 2026-11-01 --limit 20
  malmoi corpus query --where "hangul_ratio > .9 and section = '사회'" --fields url,title,hangul_ratio --format csv
  malmoi corpus query --as-of 2026-11-01 --count --by source
  malmoi corpus query --rejected --where "rule = 'min_chars'"
  malmoi corpus query --json > news.jsonl`,
  options: {
    ...VERSION_OPTIONS,
    'as-of': AS_OF,
    ...FILTER_OPTIONS,
    rejected: { type: 'boolean', about: 'documents that cleaning rejected, with rule, measured value and threshold' },
    count: { type: 'boolean', about: 'documents and bytes, in place of the documents' },
    by: { type: 'string', value: 'WHAT', about: `counts by ${DIMENSIONS.join(', ')}, or rule` },
    fields: { type: 'string', value: 'NAME,…', about: 'which fields and measures, in this order' },
    limit: { type: 'string', value: 'N', about: `at most so many (default: ${TABLE_ROWS} as a table, else all)` },
    ...OUTPUT_OPTIONS,
  },
  async run(call) {
    if (call.positionals.length > 0)
      throw new UsageError(`malmoi corpus query takes options only; did you mean --dataset ${call.positionals[0]}?`)
    formatOf(call)
    const workspace = await call.open()
    const version = await chosenVersion(call, workspace)
    if (call.flag('count') || call.text('by') !== undefined) await count(call, workspace, version)
    else await list(call, workspace, version)
  },
}

async function list(call: Call, { connection: { db } }: Workspace, version: VersionRow): Promise<void> {
  const rejected = call.flag('rejected')
  const table = formatOf(call) === 'table'
  const selection = await selectionOf(db, version, filterOf(call), rejected ? 'rejected' : 'held')
  const usual = rejected ? DEFAULT_REJECTED_FIELDS : table ? TABLE_FIELDS : DEFAULT_FIELDS
  const names = [...new Set(call.text('fields')?.split(',') ?? usual)]
  const columns = names.map((name) => columnOf(findField(selection.fields, name)))
  const limit = call.count('limit') ?? (table ? TABLE_ROWS : undefined)
  const written = await writeRows(call, columns, (rejected ? readRejected : readDocuments)(db, selection, names, limit))
  if (!table || call.text('out') !== undefined) return
  const more = written === limit ? '; --limit shows more, --count counts them' : ''
  call.print(`${written} ${rejected ? 'rejected of' : 'of'} ${version.dataset}@${version.number}${more}`)
}

async function count(call: Call, { connection: { db } }: Workspace, version: VersionRow): Promise<void> {
  for (const option of ['limit', 'fields'])
    if (call.text(option) !== undefined) throw new UsageError(`--${option} is of documents, and these are counts`)
  const by = call.text('by')
  const filter = filterOf(call)
  if (by === 'rule') {
    if (call.flag('rejected')) throw new UsageError('--by rule counts rejected documents already: leave out --rejected')
    const counts = await countByRule(db, await selectionOf(db, version, filter, 'judged'))
    await writeRows(call, [text('outcome'), text('rule'), ...SUMS], rowsOf(counts))
    return
  }
  const dimension = DIMENSIONS.find((each) => each === by)
  if (by !== undefined && dimension === undefined) {
    const near = nearest(by, [...DIMENSIONS, 'rule'])
    throw new UsageError(`--by ${by}: ${near ? `did you mean ${near}?` : `there is ${DIMENSIONS.join(', ')}, rule`}`)
  }
  const rejected = call.flag('rejected')
  if (rejected && dimension === 'length')
    throw new UsageError('no text is kept of rejected documents: they have no length')
  const selection = await selectionOf(db, version, filter, rejected ? 'rejected' : 'held')
  if (dimension === undefined) {
    const of = { dataset: version.dataset, version: version.number }
    const row = { ...of, ...(await countDocuments(db, selection)) }
    await writeRows(call, [text('dataset'), whole('version'), ...SUMS], [row])
    return
  }
  const counts = (await countBy(db, selection, dimension)).map(({ key, ...sums }) => ({ [dimension]: key, ...sums }))
  await writeRows(call, [dimension === 'length' ? whole('length') : text(dimension), ...SUMS], counts)
}

const text = (name: string): ParquetColumn => ({ name, type: 'string' })
const whole = (name: string): ParquetColumn => ({ name, type: 'integer' })
const SUMS = [whole('documents'), whole('bytes')]

function rowsOf(counts: readonly object[]): readonly Row[] {
  return counts.map((each) => ({ ...each }))
}

function columnOf({ name, type, whole: isWhole }: Field): ParquetColumn {
  const types = { text: 'string', number: 'double', date: 'date', time: 'timestamp', json: 'json' } as const
  return { name, type: isWhole ? 'integer' : types[type] }
}
