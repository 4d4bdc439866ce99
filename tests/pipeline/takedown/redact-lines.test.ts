import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { defaultCleaning } from '../../../clean/rules.ts'
import { resourceRecord, sha256 } from '../../../crawler/warc/record.ts'
import { cleanDocuments } from '../../../pipeline/stages/clean.ts'
import { extractPages } from '../../../pipeline/stages/extract.ts'
import {
  type Redaction,
  redactOverlaps,
  redactRevisions,
  redactVerdicts,
} from '../../../pipeline/takedown/redact-lines.ts'
import { type Objects, openObjects } from '../../../store/objects.ts'
import { prose } from '../../support/prose.ts'

let folder = ''
let objects: Objects
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malmoi-redact-'))
  objects = openObjects(folder)
})
afterEach(() => rm(folder, { recursive: true }))

const config = { source: 'town', night: '2026-03-01', drop: [] }
const keys = new Set(['https://example.org/2', 'https://example.org/4'])

/** Five pages as a batch holds them; of those taken down the extraction finds no payload any more. */
async function pages(takenDown: ReadonlyMap<string, string> = new Map()) {
  return Promise.all(
    [1, 2, 3, 4, 5].map(async (seed) => {
      const url = `https://example.org/${seed}`
      const html = `<title>제목 ${seed}</title><article>${[1, 2, 3].map((i) => `<p>${prose(seed * 10 + i)}</p>`).join('')}</article>`
      const payload = Buffer.from(html)
      const line = { key: url, url, payload: sha256(payload), contentType: 'text/html' }
      const revision = takenDown.get(url)
      if (revision !== undefined) return { config, line, member: null, takenDown: { revision } }
      const { warc } = await resourceRecord(url, '2026-03-01T00:00:00Z', payload, 'text/html', null)
      return { config, line, member: warc, takenDown: null }
    }),
  )
}

async function replace(redaction: Redaction | null): Promise<string> {
  assert.ok(redaction)
  await objects.redact(redaction.digest, redaction.replacement, 1)
  return redaction.replacement
}

const stored = async (lines: readonly object[]) =>
  (await objects.putLines(lines.map((line) => JSON.stringify(line)))).digest
const linesOf = (digest: string) => Array.fromAsync(objects.lines(digest))
const cleaned = (lines: Awaited<ReturnType<typeof extractPages>>) =>
  cleanDocuments({ cleaning: defaultCleaning, secret: null, lines })

test('what redaction leaves is what a rebuild from the redacted captures makes, byte for byte', async () => {
  const revisions = await extractPages(await pages())
  const verdicts = cleaned(revisions)
  assert.ok(verdicts.every(({ kept }) => kept))
  const [extract, clean] = [await stored(revisions), await stored(verdicts)]
  const redacted = {
    extract: await replace(await redactRevisions(objects, extract, keys)),
    clean: await replace(await redactVerdicts(objects, clean, keys)),
  }
  const known = new Map(revisions.map(({ key, revision }) => [key, revision]))
  const rebuilt = await extractPages(await pages(new Map([...known].filter(([key]) => keys.has(key)))))
  assert.equal(await stored(rebuilt), redacted.extract)
  assert.equal(await stored(cleaned(rebuilt)), redacted.clean)
  assert.deepEqual([objects.resolve(extract), objects.resolve(clean)], [redacted.extract, redacted.clean])
})

test('nothing of a document stays but its names, and every other line stays byte for byte', async () => {
  const revisions = await extractPages(await pages())
  const written = revisions.map((line) => JSON.stringify(line).replace('{"key"', '{ "key"'))
  const extract = (await objects.putLines(written)).digest
  await replace(await redactRevisions(objects, extract, keys))
  const lines = await linesOf(extract)
  assert.deepEqual([lines[0], lines[2], lines[4]], [written[0], written[2], written[4]])
  for (const at of [1, 3]) {
    const { key, url, payload, revision } = revisions[at] ?? assert.fail()
    const left = JSON.parse(lines[at] ?? '')
    assert.deepEqual([left.key, left.url, left.payload, left.revision], [key, url, payload, revision])
    assert.deepEqual([left.takenDown, left.text, left.title, left.images], [true, '', null, []])
    assert.doesNotMatch(lines[at] ?? '', /[가-힣]/)
  }
})

test('a verdict that is taken down is a rejection with that name; a shared passage goes', async () => {
  const revisions = await extractPages(await pages())
  const clean = await stored(cleaned(revisions))
  await replace(await redactVerdicts(objects, clean, keys))
  const second = JSON.parse((await linesOf(clean))[1] ?? '')
  assert.deepEqual(second, {
    ...{ key: revisions[1]?.key, revision: revisions[1]?.revision },
    ...{ kept: false, rule: 'takedown', value: 1, threshold: 0, measures: {} },
  })
  const overlaps = revisions.map(({ key, revision }) => ({ key, revision, overlaps: [{ set: 'quiz', start: 1 }] }))
  const contamination = await stored(overlaps)
  await replace(await redactOverlaps(objects, contamination, keys))
  assert.deepEqual(
    (await linesOf(contamination)).map((line) => JSON.parse(line).key),
    ['https://example.org/1', 'https://example.org/3', 'https://example.org/5'],
  )
})

test('doing it again, or for documents that are not there, changes nothing', async () => {
  const extract = await stored(await extractPages(await pages()))
  assert.equal(await redactRevisions(objects, extract, new Set(['https://example.org/9'])), null)
  const redaction = await redactRevisions(objects, extract, keys)
  assert.deepEqual(await redactRevisions(objects, extract, keys), redaction)
  await replace(redaction)
  assert.equal(await redactRevisions(objects, extract, keys), null)
  const more = await redactRevisions(objects, extract, new Set(['https://example.org/1']))
  assert.equal(more?.digest, redaction?.replacement)
  await replace(more)
  const gone = (await linesOf(extract)).map((line) => JSON.parse(line).takenDown === true)
  assert.deepEqual(gone, [true, true, false, true, false])
})
