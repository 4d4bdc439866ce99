import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { FailedError } from '../../pipeline/contract.ts'
import { redactTokens } from '../../pipeline/takedown/redact-shard.ts'
import { openObjects } from '../../store/objects.ts'
import { encodeDocument, TAKEN_DOWN } from '../../tokenize/shards/format.ts'
import { inspectShard, openShard, readPlaces } from '../../tokenize/shards/read.ts'
import { writeShards } from '../../tokenize/shards/write.ts'
import { SENTENCES, sampleTokenizer } from './samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'malmoi-redact-'))
after(() => rmSync(folder, { recursive: true }))
let folders = 0

/** A shard of documents of these lengths as it is stored. */
async function stored(documents: readonly Uint16Array[]) {
  const place = join(folder, String(folders++))
  const objects = openObjects(join(place, 'objects'))
  const named = documents.map((ids, index) => ({ digest: String(index).padStart(64, '0'), ids }))
  const [files] = await writeShards(named, { directory: join(place, 'shard'), maxTokens: 2 ** 30 })
  if (!files) return assert.fail()
  const [bin, ends, docs] = [files.tokens, files.ends, files.docs].map(({ path }) => objects.adopt(path))
  const digests = { bin: (await bin)!.digest, ends: (await ends)!.digest, docs: (await docs)!.digest }
  const shard = () =>
    openShard({ tokens: objects.file(digests.bin), ends: objects.file(digests.ends), docs: objects.file(digests.docs) })
  return { objects, ...digests, shard }
}

const ids = (length: number, seed: number) =>
  Uint16Array.from({ length }, (_, at) => 1 + ((seed * 7919 + at * 31) % 9000))

test('the tokens of some documents go, and every other token, count and offset stays', async () => {
  const sizes = fc.array(fc.tuple(fc.integer({ min: 1, max: 400 }), fc.boolean()), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(sizes, async (documents) => {
      const { objects, bin, ends, docs, shard } = await stored(documents.map(([length], index) => ids(length, index)))
      const before = shard()
      const places = [...readPlaces({ ends: objects.file(ends), docs: objects.file(docs) })]
      const kept = documents.map((_, index) => before.document(index))
      const gone = places.filter((_, index) => documents[index]?.[1])
      const redaction = await redactTokens(objects, bin, gone)
      assert.equal(redaction === null, gone.length === 0)
      if (redaction === null) return
      await objects.redact(redaction.digest, redaction.replacement, 1)
      const after = shard()
      assert.deepEqual([after.tokens, after.documents], [before.tokens, before.documents])
      for (const [index, { digest, start, ids: tokens }] of kept.entries()) {
        const expected = documents[index]?.[1] ? tokens.map(() => TAKEN_DOWN) : tokens
        assert.deepEqual(after.document(index), { digest, start, ids: expected })
      }
      assert.equal(await redactTokens(objects, bin, gone), null)
    }),
    { numRuns: 20 },
  )
})

test('ranges across the blocks that a large shard is read in', async () => {
  const { objects, bin, shard } = await stored([ids(600_000, 1), ids(1_500_000, 2), ids(600_000, 3)])
  const ranges = [
    { start: 2_099_990, length: 20 },
    { start: 500_000, length: 1_200_000 },
    { start: 600_000, length: 5 },
  ]
  const before = shard().read(0, 2_700_000)
  const redaction = await redactTokens(objects, bin, ranges)
  assert.ok(redaction)
  await objects.redact(redaction.digest, redaction.replacement, 1)
  for (const { start, length } of ranges) before.fill(TAKEN_DOWN, start, start + length)
  assert.ok(Buffer.from(shard().read(0, 2_700_000).buffer).equals(Buffer.from(before.buffer)))
})

test('no text is encoded as what stands for a token that was taken down', async () => {
  const tokenizer = await sampleTokenizer()
  assert.equal(tokenizer.unk, TAKEN_DOWN)
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      assert.ok(!encodeDocument(tokenizer, text).includes(TAKEN_DOWN))
    }),
  )
  assert.ok(!encodeDocument(tokenizer, '\ud800 \u0000 <unk> \u2047').includes(TAKEN_DOWN))
  assert.equal(tokenizer.pieceBytes(TAKEN_DOWN), 0)
})

test('a person sees that a document was taken down', async () => {
  const tokenizer = await sampleTokenizer()
  const texts = SENTENCES.slice(0, 3)
  const { objects, bin, ends, docs, shard } = await stored(texts.map((text) => encodeDocument(tokenizer, text)))
  const [, second] = readPlaces({ ends: objects.file(ends), docs: objects.file(docs) })
  const redaction = await redactTokens(objects, bin, second ? [second] : [])
  assert.ok(redaction)
  await objects.redact(redaction.digest, redaction.replacement, 1)
  assert.deepEqual(
    [...inspectShard(shard(), tokenizer, 3)].map(({ text }) => text),
    [texts[0], null, texts[2]],
  )
})

test('a range outside the shard, and a shard that is altered, are refused', async () => {
  const { objects, bin } = await stored([ids(10, 1)])
  await assert.rejects(redactTokens(objects, bin, [{ start: 5, length: 6 }]), /has 10 tokens; there are no 6 from 5 on/)
  const { path } = objects.file(bin)
  writeFileSync(path, readFileSync(path).fill(7, 1030, 1032))
  await assert.rejects(
    redactTokens(objects, bin, [{ start: 0, length: 1 }]),
    (error) => error instanceof FailedError && /altered/.test(error.message),
  )
})
