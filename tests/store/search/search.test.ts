/** Search within a version, against reading every text of it. */
import assert from 'node:assert/strict'
import { afterEach, test } from 'node:test'
import fc from 'fast-check'
import { sql } from 'kysely'
import { UsageError } from '../../../pipeline/contract.ts'
import type { Hit } from '../../../store/answers.ts'
import { candidateTexts } from '../../../store/search/candidates.ts'
import { indexTexts, removeFromIndex, type StoredText } from '../../../store/search/index-texts.ts'
import { createMatcher, matchesSql } from '../../../store/search/match.ts'
import { parseQuery } from '../../../store/search/parse.ts'
import { decodePlaces } from '../../../store/search/places.ts'
import { searchVersion } from '../../../store/search/search.ts'
import type { VersionRow } from '../../../store/versions.ts'
import { testDatabase } from '../../support/database.ts'
import { type PutText, putTexts, putVersion } from '../../support/stored-texts.ts'

const connection = testDatabase('search')

afterEach(() => clear())

interface Stored extends StoredText {
  readonly put: PutText
}

async function put(dataset: string, texts: readonly PutText[]): Promise<readonly Stored[]> {
  const ids = await putTexts(connection().db, dataset, texts)
  return texts.map((text, index) => ({ id: ids[index] ?? 0, body: text.body, put: text }))
}
const index = (...groups: readonly (readonly StoredText[])[]) =>
  connection()
    .db.transaction()
    .execute((trx) => indexTexts(trx, groups))
const remove = (texts: readonly StoredText[]) =>
  connection()
    .db.transaction()
    .execute((trx) => removeFromIndex(trx, texts))
async function clear(): Promise<void> {
  await sql`truncate search_segment, search_posting, text, member, version, revision, document cascade`.execute(
    connection().db,
  )
}

/** All pages of a search, their hits one after the other. */
async function pages(version: VersionRow, query: string, order: 'newest' | 'rank', limit: number): Promise<Hit[]> {
  const all: Hit[] = []
  for (let key: string | null = null; ; ) {
    const page = await searchVersion(connection().db, version, query, { order, limit, before: key })
    assert.ok(page.next === null || page.hits.length === limit)
    all.push(...page.hits)
    key = page.next
    if (key === null) return all
  }
}
const idOf = ({ url }: Hit) => Number(url.split('/').at(-1))

/** What a search has to find, by reading. */
function expected(stored: readonly Stored[], number: number, query: string): number[] {
  const matches = createMatcher(parseQuery(query))
  return stored
    .filter(({ put: { added = 1, removed = null } }) => added <= number && (removed === null || removed > number))
    .filter(
      ({ put: { body, omitted, source = 'town', licence = 'CC0-1.0', lang = 'ko', day = '2026-11-01', title } }) => {
        const text = omitted
          ? body
              .split('\n\n')
              .filter((_, ord) => !omitted.includes(ord))
              .join('\n\n')
          : body
        return matches({ text, source, licence, lang, day, title: title ?? null })
      },
    )
    .map(({ id }) => id)
    .sort((a, b) => b - a)
}

const syllables = '가나다라각힣漢aZ3'
const word = fc.string({ unit: fc.constantFrom(...syllables), minLength: 1, maxLength: 3 })
const paragraph = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '))
const body = fc.array(paragraph, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('.\n\n'))
const putText = fc.record({
  body,
  source: fc.constantFrom('town', 'harbour'),
  title: fc.option(word, { nil: null }),
  day: fc.constantFrom('2026-11-01', '2026-11-02', '2026-11-03'),
  omitted: fc.option(fc.constant([0]), { freq: 4, nil: null }),
  added: fc.constantFrom(1, 1, 2, 3),
  removed: fc.option(fc.constantFrom(4, 5), { freq: 2, nil: null }),
})
const { query } = fc.letrec<{ query: string; operand: string }>((tie) => ({
  operand: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    word,
    paragraph.map((text) => `"${text.slice(0, 6).trim()}"`),
    fc.constantFrom('source:town', 'since:2026-11-02', 'until:2026-11-02', 'title:가', 'lang:ko'),
    word.map((text) => `-${text}`),
    tie('query').map((text) => `(${text})`),
    tie('query').map((text) => `NOT (${text})`),
  ),
  query: fc
    .array(fc.tuple(tie('operand'), fc.constantFrom(' ', ' AND ', ' OR ')), { minLength: 1, maxLength: 3 })
    .map((list) =>
      list.map(([operand, operator], at) => (at < list.length - 1 ? operand + operator : operand)).join(''),
    ),
}))

function isSearch(text: string): boolean {
  try {
    parseQuery(text)
    return true
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}

test('a search finds what reading every text of the version finds, newest first, each once, whatever the page', async () => {
  const corpus = fc.sample(putText, { numRuns: 300, seed: 11 })
  const stored = await put('laws', corpus)
  // Two transactions at once: the segments lie across each other.
  await index(stored.filter(({ id }) => id % 2 === 0))
  await index(stored.filter(({ id }) => id % 2 === 1).slice(0, 70))
  await index(
    stored
      .filter(({ id }) => id % 2 === 1)
      .slice(70)
      .toReversed(),
  )
  const versions = new Map<number, VersionRow>()
  for (const number of [1, 3, 4]) versions.set(number, await putVersion(connection().db, 'laws', number))
  let searches = 0
  await fc.assert(
    fc.asyncProperty(
      query.filter(isSearch),
      fc.constantFrom(...versions),
      fc.integer({ min: 3, max: 40 }),
      async (text, [number, version], limit) => {
        const wanted = expected(stored, number, text)
        if (wanted.length > 0) searches++
        assert.deepEqual((await pages(version, text, 'newest', limit)).map(idOf), wanted)
        const ranked = await pages(version, text, 'rank', limit)
        assert.deepEqual(
          ranked.map(idOf).toSorted((a, b) => b - a),
          wanted,
        )
        const scores = ranked.map(({ score }) => score ?? Number.NaN)
        assert.deepEqual(
          scores,
          scores.toSorted((a, b) => b - a),
        )
      },
    ),
    { numRuns: 100, seed: 12 },
  )
  assert.ok(searches > 25, `only ${searches} searches found anything`)
})

test('the condition in SQL says of a text what the matcher says', async () => {
  const corpus = fc.sample(putText, { numRuns: 100, seed: 21 })
  const stored = await put('sql', corpus)
  await fc.assert(
    fc.asyncProperty(query.filter(isSearch), async (text) => {
      const condition = matchesSql(parseQuery(text), {
        text: sql`member_text(text.body, member.omitted)`,
        source: sql`source.name`,
        licence: sql`member.licence`,
        lang: sql`member.lang`,
        day: sql`member.day`,
        title: sql`revision.title`,
      })
      const { rows } = await sql<{ id: number }>`
        select text.id from member join text on text.id = text_id join revision on revision.id = text.revision_id
        join source on source.id = member.source_id
        where added <= 3 and (removed is null or removed > 3) and ${condition} order by text.id desc`.execute(
        connection().db,
      )
      assert.deepEqual(
        rows.map(({ id }) => id),
        expected(stored, 3, text),
      )
    }),
    { numRuns: 100, seed: 22 },
  )
})

/** The index as a map: for each term the ids of its texts. */
async function contents(): Promise<ReadonlyMap<number, readonly number[]>> {
  const rows = await connection()
    .db.selectFrom('search_posting')
    .innerJoin('search_segment', 'search_segment.id', 'segment_id')
    .select(['term', 'search_posting.texts', 'places', 'first'])
    .execute()
  const byTerm = new Map<number, number[]>()
  for (const { term, texts, places, first } of rows)
    for (const place of decodePlaces(places, texts)) byTerm.set(term, [...(byTerm.get(term) ?? []), first + place])
  return new Map([...byTerm].sort(([a], [b]) => a - b).map(([term, ids]) => [term, ids.sort((a, b) => a - b)]))
}
const segments = () => connection().db.selectFrom('search_segment').selectAll().orderBy('first').execute()

test('years of small nights become few segments, which hold what one made at once would hold', async () => {
  const texts = fc.sample(body, { numRuns: 700, seed: 31 }).map((text, at) => ({ id: (at + 1) * 3, body: text }))
  for (let at = 0; at < texts.length; at += 7) await index(texts.slice(at, at + 7))
  const nights = await segments()
  assert.ok(nights.length <= 21, `${nights.length} segments of 100 nights`)
  assert.equal(
    nights.reduce((sum, segment) => sum + segment.texts, 0),
    texts.length,
  )
  const merged = await contents()
  await clear()
  await index(texts)
  assert.equal((await segments()).length, 1)
  assert.deepEqual(merged, await contents())
})

test('segments that lie across each other are merged as well', async () => {
  const texts = fc.sample(body, { numRuns: 80, seed: 41 }).map((text, at) => ({ id: at + 1, body: text }))
  for (let night = 0; night < 8; night++) await index(texts.filter(({ id }) => id % 8 === night))
  assert.equal((await segments()).length, 1)
  const merged = await contents()
  await clear()
  await index(texts)
  assert.deepEqual(merged, await contents())
})

test('two that index at once neither wait for each other nor lose a text', async () => {
  const texts = fc.sample(body, { numRuns: 160, seed: 51 }).map((text, at) => ({ id: at + 1, body: text }))
  for (let night = 0; night < 7; night++) await index(texts.slice(night * 10, night * 10 + 10))
  await connection()
    .db.transaction()
    .execute(async (trx) => {
      // This one merges, and holds the lock; the other leaves merging to the next.
      await indexTexts(trx, [texts.slice(70, 80)])
      await index(texts.slice(80, 90))
    })
  for (let night = 9; night < 16; night++) await index(texts.slice(night * 10, night * 10 + 10))
  const nights = await segments()
  assert.ok(nights.length <= 3, `${nights.length} segments`)
  const merged = await contents()
  await clear()
  await index(texts)
  assert.deepEqual(merged, await contents())
})

test('what was removed is found no more, and nothing points to it', async () => {
  const texts = fc.sample(body, { numRuns: 120, seed: 61 }).map((text) => ({ body: text }))
  const stored = await put('taken', [...texts, { body: '희귀어 하나가 여기에만 있다' }])
  await index(stored.slice(0, 60))
  await index(stored.slice(60))
  const version = await putVersion(connection().db, 'taken', 1)
  assert.equal((await pages(version, '희귀어', 'newest', 5)).length, 1)
  const gone = stored.filter(({ id }, at) => id % 3 === 0 || at === stored.length - 1)
  const left = stored.filter((text) => !gone.includes(text))
  await remove(gone)
  await remove(gone)
  assert.deepEqual(await pages(version, '희귀어', 'newest', 5), [])
  const after = await contents()
  assert.equal(
    (await segments()).reduce((sum, { texts: count }) => sum + count, 0),
    left.length,
  )
  await clear()
  await index(left)
  assert.deepEqual(after, await contents())
  await remove(left)
  assert.deepEqual([await segments(), await contents()], [[], new Map()])
})

test('an old version is searched as it was, though its texts have left the latest', async () => {
  const stored = await put('old', [{ body: '사라진 우물 이야기', removed: 2 }, { body: '남은 우물 이야기' }])
  await index(stored)
  const first = await putVersion(connection().db, 'old', 1)
  const [later] = [await put('old', [{ body: '새 우물 이야기', added: 2 }])]
  await index(later)
  const second = await putVersion(connection().db, 'old', 2)
  const found = async (version: VersionRow) => (await pages(version, '우물', 'newest', 1)).map(({ snippet }) => snippet)
  assert.deepEqual(await found(first), ['남은 우물 이야기', '사라진 우물 이야기'])
  assert.deepEqual(await found(second), ['새 우물 이야기', '남은 우물 이야기'])
})

test('the best are those that say it often in few words, and rare words weigh more', async () => {
  const filler = '강가에 바람이 불고 아이들이 뛰놀았다. '.repeat(5)
  const stored = await put('best', [
    { body: `등대. ${filler}` },
    { body: '등대 등대 등대' },
    { body: `등대 ${filler}${filler}` },
    { body: `바람 바람 바람 바람 ${filler}` },
    { body: filler },
    { body: `고래 ${'들판에 꽃이 피었다. '.repeat(20)}` },
  ])
  await index(stored)
  const version = await putVersion(connection().db, 'best', 1)
  const order = async (text: string) =>
    (await pages(version, text, 'rank', 2)).map((hit) => stored.findIndex(({ id }) => id === idOf(hit)))
  assert.deepEqual(await order('등대'), [1, 0, 2])
  assert.equal((await order('고래 OR 바람'))[0], 5)
  assert.equal((await order('바람'))[0], 3)
})

test('the snippet shows where the words stand together, and marks them', async () => {
  const far = '가을 들판에 바람이 지나간다. '.repeat(20)
  const stored = await put('shown', [{ body: `등대가 있다. ${far}\n\n새 등대 아래 고래가 산다. ${far}` }])
  await index(stored)
  const version = await putVersion(connection().db, 'shown', 1)
  const [hit] = await pages(version, '고래 등대 -상어', 'newest', 1)
  assert.ok(hit)
  assert.deepEqual(
    hit.highlights.map(([start, length]) => hit.snippet.slice(start, start + length)),
    ['등대', '고래'],
  )
  assert.match(hit.snippet, /^….* {2}새 등대 아래 고래가 산다\. .*…$/)
  assert.ok(hit.snippet.length <= 125)
})

test('keys and sources that do not exist are the mistakes of who gives them', async () => {
  await put('wrong', [{ body: '바람' }])
  const version = await putVersion(connection().db, 'wrong', 1)
  const search = (text: string, order: 'newest' | 'rank', key: string | null) =>
    searchVersion(connection().db, version, text, { order, limit: 5, before: key })
  await assert.rejects(search('바람', 'newest', 'yesterday'), /yesterday is no key of a page/)
  await assert.rejects(search('바람', 'rank', '17'), /17 is no key of a page/)
  await assert.rejects(search('바람 source:twon', 'newest', null), /no source twon: did you mean town\?/)
  await assert.rejects(search('바람 source:nowhere', 'newest', null), /no source nowhere: there is .*town/)
})

test('candidates come newest first, from the one that is asked for', async () => {
  const texts = Array.from({ length: 40 }, (_, at) => ({ id: at + 1, body: '흔한 낱말' }))
  for (let at = 0; at < 40; at += 10) await index(texts.slice(at, at + 10))
  const groups = await Array.fromAsync(candidateTexts(connection().db, parseQuery('흔한'), 35))
  assert.deepEqual(
    groups.flat(),
    Array.from({ length: 35 }, (_, at) => 35 - at),
  )
})
