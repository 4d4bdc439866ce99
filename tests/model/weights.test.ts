import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { initialWeights, readModelWeights, readWeights, writeWeights } from '../../model/weights.ts'
import type { ModelConfig } from '../../pipeline/contract.ts'
import { FailedError } from '../../pipeline/contract.ts'

const config: ModelConfig = {
  architecture: 'gpt',
  vocabSize: 11,
  context: 4,
  layers: 1,
  width: 4,
  heads: 1,
  ffn: 8,
  dropout: 0,
}
let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malmoi-weights-'))
})
after(() => rm(folder, { recursive: true }))

test('weights come back from safetensors as they were, bit by bit and in order', async () => {
  const path = join(folder, 'round.safetensors')
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.array(fc.float(), { maxLength: 9 })), {
        selector: ([name]) => name,
        maxLength: 5,
      }),
      async (tensors) => {
        // JavaScript objects keep names that look like array indices apart from the others.
        const weights = new Map(
          tensors.map(([name, values]) => [`w.${name}`, { shape: [values.length], data: Float32Array.from(values) }]),
        )
        await writeWeights(path, weights)
        assert.deepEqual([...(await readWeights(path))], [...weights])
      },
    ),
    { numRuns: 30 },
  )
  assert.deepEqual(await readdir(folder), ['round.safetensors'])
})

test('the header is as the format asks: its size first, data on a multiple of 8', async () => {
  const path = join(folder, 'header.safetensors')
  await writeWeights(path, new Map([['a', { shape: [2, 1], data: Float32Array.of(1, 2) }]]))
  const bytes = await readFile(path)
  const size = Number(bytes.readBigUInt64LE())
  assert.equal((8 + size) % 8, 0)
  assert.deepEqual(JSON.parse(bytes.subarray(8, 8 + size).toString()), {
    __metadata__: { format: 'pt' },
    a: { dtype: 'F32', shape: [2, 1], data_offsets: [0, 8] },
  })
  assert.equal(bytes.readFloatLE(8 + size + 4), 2)
})

test('a file that is cut anywhere is refused, and the message says where it ends', async () => {
  const path = join(folder, 'cut.safetensors')
  await writeWeights(path, initialWeights(config, 1))
  const whole = await readFile(path)
  for (const length of [0, 7, 100, whole.length - 1]) {
    await writeFile(path, whole)
    await truncate(path, length)
    await assert.rejects(
      readWeights(path),
      (error) => error instanceof FailedError && error.message.includes(`${path} is no whole safetensors file`),
    )
  }
  await writeFile(path, Buffer.concat([whole, Buffer.alloc(4)]))
  await assert.rejects(readWeights(path), /that follow the header/)
  await assert.rejects(readWeights(join(folder, 'absent')), /cannot be read/)
})

test("a file that is not the model's is refused with the tensor named", async () => {
  const path = join(folder, 'other.safetensors')
  await writeWeights(path, initialWeights(config, 1))
  await readModelWeights(path, config)
  await assert.rejects(
    readModelWeights(path, { ...config, vocabSize: 12 }),
    /embedding.token.weight of shape \[11, 4\], the model needs \[12, 4\]/,
  )
  await assert.rejects(readModelWeights(path, { ...config, layers: 2 }), /no tensor layers.1/)
})
