import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import type { GenerateRequest, Generator } from '../../model/generate.ts'
import { createGenerator, likeliest, sample } from '../../model/generate.ts'
import { evaluate } from '../../model/graph/reference.ts'
import { nextTokenGraph } from '../../model/model.ts'
import { randomStream } from '../../model/random.ts'
import { initialWeights, writeWeights } from '../../model/weights.ts'
import type { ModelConfig } from '../../pipeline/contract.ts'

const model: ModelConfig = {
  architecture: 'gpt',
  vocabSize: 40,
  context: 48,
  layers: 1,
  width: 8,
  heads: 2,
  ffn: 16,
  dropout: 0,
}
const weights = new Map(
  [...initialWeights(model, 5)].map(([name, { shape, data }]) => [name, { shape, data: data.map((w) => w * 10) }]),
)
let folder = ''
let generator: Generator
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malmoi-generate-'))
  const path = join(folder, 'weights.safetensors')
  await writeWeights(path, weights)
  generator = await createGenerator({ model, weights: path, threads: 1 })
})
after(async () => {
  await generator.close()
  await rm(folder, { recursive: true })
})

const request: GenerateRequest = { prompt: [1, 4, 9], maxTokens: 60, temperature: 1, topK: 0, seed: 1, stop: -1 }
const all = (change: Partial<GenerateRequest>) => Array.fromAsync(generator.generate({ ...request, ...change }))

test('greedy decoding takes the token the reference finds likeliest, at every length and beyond the context', async () => {
  const tokens = [...[1, 4, 9], ...(await all({ greedy: true }))]
  for (const end of [3, 31, 32, 33, 50, 60]) {
    const window = tokens.slice(Math.max(0, end - model.context), end)
    const feeds = new Map<string, ArrayLike<number>>([...weights].map(([name, { data }]) => [name, data]))
    const graph = nextTokenGraph(model, window.length)
    const [logits] = evaluate([graph.logits!], feeds.set('tokens', window).set('last', [window.length - 1]))
    assert.equal(tokens[end], likeliest(Float32Array.from(logits!)), `after ${end} tokens`)
  }
})

test('the same seed draws the same tokens, another seed others', async () => {
  const drawn = await all({ maxTokens: 20 })
  assert.deepEqual(drawn, await all({ maxTokens: 20 }))
  assert.notDeepEqual(drawn, await all({ maxTokens: 20, seed: 2 }))
  assert.deepEqual(await all({ maxTokens: 20, topK: 1 }), await all({ maxTokens: 20, greedy: true }))
})

test('the stop token ends the answer and is no part of it', async () => {
  const free = await all({ greedy: true })
  const stop = free[5] ?? -1
  assert.deepEqual(await all({ greedy: true, stop }), free.slice(0, free.indexOf(stop)))
})

test('a request that cannot be served is refused with the value named', async () => {
  await assert.rejects(all({ prompt: [] }), /no tokens/)
  await assert.rejects(all({ prompt: [40] }), /token 40, the vocabulary has 40/)
  await assert.rejects(all({ temperature: 0 }), /temperature is 0/)
})

test('sampling follows the softmax of the topK logits', () => {
  const logits = Float32Array.of(0, Math.log(3), -50, Math.log(2))
  const random = randomStream(1, 'test')
  const counts = [0, 0, 0, 0]
  for (let i = 0; i < 5000; i++) counts[sample(logits, 1, 2, random)]!++
  assert.equal(counts[0], 0)
  assert.ok(Math.abs(counts[1]! / 5000 - 0.6) < 0.03)
})
