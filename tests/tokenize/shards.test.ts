import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import { type EncodedDocument, encodeDocument } from '../../tokenize/shards/format.ts'
import { inspectShard, openShard, openTokens } from '../../tokenize/shards/read.ts'
import { writeShards } from '../../tokenize/shards/write.ts'
import { SENTENCES, sampleTokenizer } from './samples.ts'

const directory = mkdtempSync(join(tmpdir(), 'malmoi-shards-'))
after(() => rmSync(directory, { recursive: true }))
let folders = 0
const newFolder = (): string => join(directory, String(folders++))

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function documentsOf(lengths: readonly number[]): EncodedDocument[] {
  return lengths.map((length, index) => ({
    digest: sha256(String(index)),
    ids: Uint16Array.from({ length }, (_, at) => (index * 7919 + at * 31) % 65_536),
  }))
}

test('what is written is read back: every document, its digest and its place', async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(lengths, fc.integer({ min: 1, max: 1000 }), async (sizes, maxTokens) => {
      const documents = documentsOf(sizes)
      const shards = await writeShards(documents, { directory: newFolder(), maxTokens })
      const read = shards.flatMap((files) => {
        const shard = openShard(files)
        assert.equal(shard.tokens, files.tokenCount)
        assert.ok(shard.tokens <= maxTokens || shard.documents === 1)
        let next = 0
        return Array.from({ length: shard.documents }, (_, index) => {
          const { digest, start, ids } = shard.document(index)
          assert.equal(start, next)
          next += ids.length
          return { digest, ids }
        })
      })
      assert.deepEqual(read, documents)
    }),
    { numRuns: 25 },
  )
})

test('a shard is llm.c data: 256 int32 of header, then uint16 tokens', async () => {
  const [files] = await writeShards(documentsOf([3, 2]), { directory: newFolder(), maxTokens: 100 })
  const bytes = readFileSync(files!.tokens.path)
  assert.deepEqual([bytes.readInt32LE(0), bytes.readInt32LE(4), bytes.readInt32LE(8)], [20240520, 1, 5])
  assert.ok(bytes.subarray(12, 1024).every((byte) => byte === 0))
  assert.equal(bytes.length, 1024 + 5 * 2)
  assert.equal(bytes.readUInt16LE(1024 + 3 * 2), 7919)
  assert.deepEqual(
    [0, 8].map((at) => readFileSync(files!.ends.path).readBigUInt64LE(at)),
    [3n, 5n],
  )
})

test('the records tell the digest and size of each file, and no temp file stays', async () => {
  const folder = newFolder()
  const shards = await writeShards(documentsOf([5000, 600_000, 10]), { directory: folder, maxTokens: 600_000 })
  assert.equal(shards.length, 3)
  for (const file of shards.flatMap(({ tokens, ends, docs }) => [tokens, ends, docs])) {
    const bytes = readFileSync(file.path)
    assert.deepEqual([file.bytes, file.sha256], [bytes.length, sha256(bytes)])
  }
  assert.equal(readdirSync(folder).length, 9)
})

test('the same documents make the same bytes, and none make no shard', async () => {
  const digests = async (): Promise<string[]> => {
    const shards = await writeShards(documentsOf([10, 20, 30]), { directory: newFolder(), maxTokens: 40 })
    return shards.flatMap(({ tokens, ends, docs }) => [tokens.sha256, ends.sha256, docs.sha256])
  }
  assert.deepEqual(await digests(), await digests())
  assert.deepEqual(await writeShards([], { directory: newFolder(), maxTokens: 40 }), [])
})

test('a shard with a byte altered, or cut, is refused by the name of the file', async () => {
  const [files] = await writeShards(documentsOf([100, 50]), { directory: newFolder(), maxTokens: 1000 })
  for (const altered of [files!.tokens, files!.ends, files!.docs]) {
    const whole = readFileSync(altered.path)
    const bytes = Buffer.from(whole)
    bytes[bytes.length - 9]! ^= 1
    writeFileSync(altered.path, bytes)
    assert.throws(
      () => openShard(files!),
      (error) => namesFile(error, altered.path),
    )
    writeFileSync(altered.path, whole)
    truncateSync(altered.path, whole.length - 3)
    assert.throws(
      () => openShard(files!),
      (error) => namesFile(error, altered.path),
    )
    writeFileSync(altered.path, whole)
  }
  assert.equal(openShard(files!).documents, 2)
  assert.throws(() => openTokens({ path: join(directory, 'none.bin') }), /cannot open .*none\.bin/u)
  assert.throws(() => openTokens(files!.docs), /not a token shard/u)
})

function namesFile(error: unknown, path: string): boolean {
  return error instanceof FailedError && error.message.includes(path) && error.remedy !== undefined
}

test('files of two shards do not pass for one', async () => {
  const [first, second] = await writeShards(documentsOf([10, 20]), { directory: newFolder(), maxTokens: 20 })
  assert.throws(() => openShard({ ...first!, ends: second!.ends }), /not of one shard/u)
})

test('a document is bos, text, eos, and a person can look at the first ones', async () => {
  const tokenizer = await sampleTokenizer()
  const documents = SENTENCES.map((text) => ({ digest: sha256(text), ids: encodeDocument(tokenizer, text) }))
  assert.deepEqual([documents[0]!.ids[0], documents[0]!.ids.at(-1)], [tokenizer.bos, tokenizer.eos])
  const [files] = await writeShards(documents, { directory: newFolder(), maxTokens: 1e6 })
  const seen = [...inspectShard(openShard(files!), tokenizer, 3)]
  assert.deepEqual(
    seen.map(({ text, digest }) => [text, digest]),
    SENTENCES.slice(0, 3).map((text) => [text, sha256(text)]),
  )
})

test('a limit or a digest that is none is refused', async () => {
  await assert.rejects(writeShards([], { directory: newFolder(), maxTokens: 0 }), UsageError)
  const [document] = documentsOf([3])
  await assert.rejects(
    writeShards([{ ...document!, digest: 'abc' }], { directory: newFolder(), maxTokens: 9 }),
    /not a SHA-256/u,
  )
  await assert.rejects(
    writeShards([document!, { ...document!, ids: new Uint16Array() }], { directory: newFolder(), maxTokens: 9 }),
    /0 tokens/u,
  )
})
