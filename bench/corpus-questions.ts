/**
 * The questions of the benchmark: what one asks of a version by field, of two versions, and of the texts of a version.
 * They go to the functions that the commands call, with all that those do beside the statements.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Kysely, sql } from 'kysely'
import { connect } from '../store/connect.ts'
import { diffCounts, diffVersions } from '../store/diff.ts'
import { countBy, countDocuments } from '../store/query/counts.ts'
import { readDocuments } from '../store/query/documents.ts'
import { DEFAULT_FIELDS } from '../store/query/fields.ts'
import { type Filter, selectionOf } from '../store/query/selection.ts'
import type { Database } from '../store/schema.ts'
import { MOST_RANKED, searchVersion } from '../store/search/search.ts'
import { listVersions, type VersionRow } from '../store/versions.ts'
import { RARE_WORD } from './corpus-documents.ts'
import { type Answer, describeAnswer, measure, type Question, warm } from './corpus-measure.ts'

/** Milliseconds. */
const FIRST_PAGE = 20
const FULL_COUNT = 1000
const DIFFERENCES = 1000
const RANKED = 100

/** Documents of a first page. */
const PAGE = 100
/** Of a page of hits. */
const HITS = 20

/** Asks all, writes plans.txt and answers.json into the folder of results, and says a line of each. */
export async function askQuestions(folder: string, results: string, say: (line: string) => void): Promise<void> {
  const connection = await connect(folder, undefined)
  try {
    await warm(connection.db)
    const versions = (await listVersions(connection.db, 'all')).toSorted((a, b) => a.number - b.number)
    say(`texts by word: ${JSON.stringify(await wordFrequencies(connection.db))}`)
    const answers: Answer[] = []
    for (const question of questions(versions)) {
      const answer = await measure(connection, question)
      answers.push(answer)
      say(describeAnswer(answer))
    }
    const plans = answers.map(({ name, plans }) => `==== ${name}\n\n${plans.join('\n\n')}\n`)
    writeFileSync(join(results, 'plans.txt'), plans.join('\n'))
    const figures = answers.map(({ plans: _, ...answer }) => answer)
    writeFileSync(join(results, 'answers.json'), JSON.stringify(figures, null, 2))
  } finally {
    await connection.close()
  }
}

function questions(versions: readonly VersionRow[]): readonly Question[] {
  const latest = versions.at(-1)
  const before = versions.at(-2)
  const middle = versions.at(versions.length / 2)
  const [first] = versions
  if (!latest || !before || !middle || !first) throw new Error('the workspace has no two versions to ask about')
  return [
    ...[latest, middle, first].flatMap(byField),
    counted(latest, 'source'),
    counted(latest, 'month'),
    ...differences(before, latest),
    ...differences(latest, before),
    ...[latest, middle, first].flatMap(searches),
  ]
}

/** Frequent and infrequent values of every indexed field, alone and together. */
const FILTERS: readonly (readonly [name: string, filter: Filter])[] = [
  ['all', {}],
  ['source petitions', { sources: ['petitions'] }],
  ['source letters', { sources: ['letters'] }],
  ['licence CC-BY-4.0', { licences: ['CC-BY-4.0'] }],
  ['licence CC0-1.0', { licences: ['CC0-1.0'] }],
  ['licence that none has', { licences: ['CC-BY-ND-4.0'] }],
  ['lang ko', { languages: ['ko'] }],
  ['lang en', { languages: ['en'] }],
  ['one day', { since: '2025-06-01', until: '2025-06-01' }],
  ['a month', { since: '2025-06-01', until: '2025-06-30' }],
  ['since 2025', { since: '2025-01-01' }],
  ['source letters in a month', { sources: ['letters'], since: '2025-06-01', until: '2025-06-30' }],
  ['licence CC0-1.0 and lang ko', { licences: ['CC0-1.0'], languages: ['ko'] }],
]

function byField(version: VersionRow): readonly Question[] {
  return FILTERS.flatMap(([name, filter]) => [
    {
      name: `all@${version.number}, ${name}: first ${PAGE}`,
      limit: FIRST_PAGE,
      ask: async (db) => {
        let rows = 0
        const selection = await selectionOf(db, version, filter)
        for await (const _ of readDocuments(db, selection, DEFAULT_FIELDS, PAGE)) rows++
        return rows
      },
    },
    {
      name: `all@${version.number}, ${name}: count`,
      limit: FULL_COUNT,
      ask: async (db) => (await countDocuments(db, await selectionOf(db, version, filter))).documents,
    },
  ])
}

function counted(version: VersionRow, dimension: 'source' | 'month'): Question {
  return {
    name: `all@${version.number}: count by ${dimension}`,
    limit: FULL_COUNT,
    ask: async (db) => (await countBy(db, await selectionOf(db, version, {}), dimension)).length,
  }
}

function differences(from: VersionRow, to: VersionRow): readonly Question[] {
  const name = `differences of all@${from.number} and all@${to.number}`
  const limit = Math.abs(from.number - to.number) === 1 ? DIFFERENCES : null
  return [
    {
      name,
      limit,
      ask: async (db) => {
        let changes = 0
        for await (const _ of diffVersions(db, from, to)) changes++
        return changes
      },
    },
    {
      name: `${name}, counted`,
      limit,
      ask: async (db) => (await diffCounts(db, from, to)).counts.reduce((sum, { documents }) => sum + documents, 0),
    },
  ]
}

/** Words by how many documents have them; those of the pool that come often, and the one that was planted. */
const WORDS = ['국민', '정부', '사진', '바다', RARE_WORD, '국민 정부', '"관심을 가지고"'] as const

function searches(version: VersionRow): readonly Question[] {
  const question = (order: 'newest' | 'rank', word: string, limit: number): Question => ({
    name: `all@${version.number}, search ${word}, ${order === 'newest' ? 'newest first' : `ranked among ${MOST_RANKED}`}`,
    limit,
    ask: async (db) => (await searchVersion(db, version, word, { order, limit: HITS, before: null })).hits.length,
  })
  return WORDS.flatMap((word) => [
    question('newest', word, FIRST_PAGE),
    question('rank', word, word === RARE_WORD ? FIRST_PAGE : RANKED),
  ])
}

/** How many texts have each word, by reading them all. */
async function wordFrequencies(db: Kysely<Database>): Promise<Readonly<Record<string, number>>> {
  const counts = WORDS.filter((word) => !/[" ]/.test(word)).map(async (word) => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from text where strpos(body, ${word}) > 0`.execute(db)
    return [word, rows[0]?.count ?? 0] as const
  })
  return Object.fromEntries(await Promise.all(counts))
}
