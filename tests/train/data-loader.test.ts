import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { FailedError, type TokenSourceSpec } from '../../pipeline/contract.ts'
import { writeShards } from '../../tokenize/shards/write.ts'
import { buildSelection } from '../../tokenize/training-set.ts'
import { documents, openTokenSource } from '../../train/data-loader.ts'

const directory = mkdtempSync(join(tmpdir(), 'malmoi-loader-'))
after(() => rmSync(directory, { recursive: true }))
let folders = 0

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Writes documents of these lengths as shards and selects them all; also what the split should hold, in order. */
async function makeSplit(
  lengths: readonly number[],
  maxTokens = 500,
): Promise<{ spec: TokenSourceSpec; expected: Uint16Array[] }> {
  const folder = join(directory, String(folders++))
  const encoded = lengths.map((length, index) => ({
    digest: sha256(String(index)),
    ids: Uint16Array.from({ length }, (_, at) => (index * 1009 + at) % 65_536),
  }))
  const shards = await writeShards(encoded, { directory: folder, maxTokens })
  let index = 0
  const placed = shards.flatMap(({ documentCount }, shard) => {
    let start = 0
    return encoded.slice(index, index + documentCount).map(({ ids }) => {
      const place = { identity: String(index++), shard, start, length: ids.length, ids }
      start += ids.length
      return place
    })
  })
  const { train } = buildSelection(placed, { seed: 7, validationShare: 0 })
  const path = join(folder, 'train.selection')
  writeFileSync(path, train)
  const inOrder = [...documentsInOrder(train, placed)]
  return {
    spec: { shards: shards.map(({ tokens }) => tokens), selection: { path, sha256: sha256(train) } },
    expected: inOrder,
  }
}

function* documentsInOrder(
  selection: Uint8Array,
  placed: readonly { shard: number; start: number; ids: Uint16Array }[],
): Generator<Uint16Array> {
  const view = new DataView(selection.buffer)
  for (let at = 0; at < selection.length; at += 16) {
    const place = view.getBigUint64(at, true)
    const found = placed.find(({ shard, start }) => place === ((BigInt(shard) << 40n) | BigInt(start)))
    assert.ok(found)
    yield found.ids
  }
}

test('windows are those of the documents written one after another, round and round', async () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(lengths, fc.nat(), fc.nat(2000), async (sizes, cut, index) => {
      const { spec, expected } = await makeSplit(sizes)
      const whole = expected.flatMap((ids) => [...ids])
      const source = openTokenSource(spec)
      assert.equal(source.tokens, whole.length)
      if (whole.length < 2) return
      const length = 1 + (cut % (whole.length - 1))
      const window = Array.from({ length: length + 1 }, (_, at) => whole[(index * length + at) % whole.length])
      assert.deepEqual([...source.window(index, length)], window)
    }),
    { numRuns: 60 },
  )
})

test('windows that cross blocks and shards are whole', async () => {
  const { spec, expected } = await makeSplit([20_000, 3, 9000, 15_000], 25_000)
  const whole = expected.flatMap((ids) => [...ids])
  const source = openTokenSource(spec)
  assert.ok(spec.shards.length > 1)
  for (let index = 0; index < 12; index++)
    assert.deepEqual(
      [...source.window(index, 9001)],
      Array.from({ length: 9002 }, (_, at) => whole[(index * 9001 + at) % whole.length]),
    )
})

test('neighbouring windows overlap by one token, and a window far on is the same as one round before', async () => {
  const { spec } = await makeSplit([64, 64, 64, 64])
  const source = openTokenSource(spec)
  assert.equal(source.window(0, 32).at(-1), source.window(1, 32)[0])
  assert.deepEqual(source.window(3 + 8 * 2 ** 40, 32), source.window(3, 32))
})

test('evaluation gets the documents one by one, in training order', async () => {
  const { spec, expected } = await makeSplit([5, 300, 20, 1, 77])
  assert.deepEqual([...documents(spec)], expected)
})

test('a split smaller than a window says how many tokens there are and what to lower', async () => {
  const { spec } = await makeSplit([10, 10])
  const source = openTokenSource(spec)
  assert.equal(source.window(0, 19).length, 20)
  assert.throws(
    () => source.window(0, 20),
    (error) =>
      error instanceof FailedError && /20 tokens/u.test(error.message) && /sequence length/u.test(error.remedy ?? ''),
  )
})

test('an altered shard or selection is refused by name before anything is read', async () => {
  for (const pick of [
    (spec: TokenSourceSpec) => spec.shards[0]!.path,
    (spec: TokenSourceSpec) => spec.selection.path,
  ]) {
    const { spec } = await makeSplit([100, 100])
    const path = pick(spec)
    const bytes = readFileSync(path)
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(path, bytes)
    for (const open of [openTokenSource, (altered: TokenSourceSpec) => [...documents(altered)]])
      assert.throws(
        () => open(spec),
        (error) => error instanceof FailedError && error.message.includes(path) && /rebuilt/u.test(error.remedy ?? ''),
      )
  }
})

test('a selection of another training set is refused, though its own digest holds', async () => {
  const { spec } = await makeSplit([100, 100])
  const other = await makeSplit([600, 100, 100, 900])
  assert.throws(
    () => openTokenSource({ ...spec, selection: other.spec.selection }),
    /but (there are 1 shards|.* has 200 tokens)/u,
  )
  appendFileSync(other.spec.selection.path, Buffer.alloc(3))
  const sha = sha256(readFileSync(other.spec.selection.path))
  assert.throws(() => openTokenSource({ ...other.spec, selection: { ...other.spec.selection, sha256: sha } }), /cut/u)
})
