/** The questions of the benchmark: what one asks of a version by field, of two versions, and of its texts. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Kysely, type RawBuilder, sql } from 'kysely'
import { connect } from '../store/connect.ts'
import type { Database } from '../store/schema.ts'
import { type Answer, describeAnswer, measure, type Question, warm } from './corpus-measure.ts'

const FIRST_ROWS = 20
const FULL_COUNT = 1000

/** Asks all, writes plans.txt and answers.json into the folder of results, and says a line of each. */
export async function askQuestions(folder: string, results: string, say: (line: string) => void): Promise<void> {
  const connection = await connect(folder, undefined)
  try {
    await warm(connection.db)
    const answers: Answer[] = []
    for (const question of await questions(connection.db)) {
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

async function questions(db: Kysely<Database>): Promise<readonly Question[]> {
  const { rows } = await sql<{ number: number }>`select max(number) as number from version`.execute(db)
  const latest = rows[0]?.number ?? 0
  const filters: readonly (readonly [string, RawBuilder<unknown>])[] = [
    ['every document', sql`true`],
    ['source petitions', sql`member.source_id = (select id from source where name = 'petitions')`],
    ['source letters', sql`member.source_id = (select id from source where name = 'letters')`],
    ['licence CC-BY-4.0', sql`member.licence = 'CC-BY-4.0'`],
    ['licence CC0-1.0', sql`member.licence = 'CC0-1.0'`],
    ['lang ko', sql`member.lang = 'ko'`],
    ['one day', sql`member.day = '2025-06-01'`],
    ['one month', sql`member.day between '2025-06-01' and '2025-06-30'`],
    ['added by cause revised', sql`member.added_cause = 'revised'`],
  ]
  const versions = [latest, Math.ceil(latest / 2), 1]
  const byField = filters.flatMap(([name, filter]) =>
    versions.flatMap((version) => [
      { name: `${name}, all@${version}, first 100`, limit: FIRST_ROWS, ask: firstRows(version, filter) },
      { name: `${name}, all@${version}, count`, limit: FULL_COUNT, ask: count(version, filter) },
    ]),
  )
  return [
    ...byField,
    {
      name: `differences of all@${latest - 1} and all@${latest}`,
      limit: FULL_COUNT,
      ask: differences(latest - 1, latest),
    },
  ]
}

const within = (version: number) =>
  sql`member.dataset = 'all' and member.added <= ${version} and (member.removed is null or member.removed > ${version})`

const firstRows =
  (version: number, filter: RawBuilder<unknown>): Question['ask'] =>
  async (db) => {
    const { rows } = await sql`
      select source.name, document.key, encode(revision.digest, 'hex'), revision.title, member.day, member.licence,
        member.lang, member_text(text.body, member.omitted) as text
      from member join source on source.id = member.source_id join document on document.id = member.document_id
      join revision on revision.id = member.revision_id join text on text.id = member.text_id
      where ${within(version)} and ${filter}
      order by member.source_id, member.document_id limit 100`.execute(db)
    return rows.length
  }

const count =
  (version: number, filter: RawBuilder<unknown>): Question['ask'] =>
  async (db) => {
    const { rows } = await sql<{ count: number }>`
      select count(*) as count from member where ${within(version)} and ${filter}`.execute(db)
    return rows[0]?.count ?? 0
  }

const differences =
  (from: number, to: number): Question['ask'] =>
  async (db) => {
    const { rows } = await sql`
      select member.document_id, member.added, member.removed, added_cause, removed_cause, document.key
      from member join document on document.id = member.document_id
      where dataset = 'all' and (added = ${to} or removed = ${to}) and ${from}::int < ${to}::int
      order by member.source_id, member.document_id`.execute(db)
    return rows.length
  }
