import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { evaluateText, windowsOf } from '../../evaluate/perplexity.ts'
import { evaluate } from '../../model/graph/reference.ts'
import { scoringGraph } from '../../model/model.ts'
import type { Weights } from '../../model/weights.ts'
import { initialWeights, writeWeights } from '../../model/weights.ts'
import type { ModelConfig } from '../../pipeline/contract.ts'

const model: ModelConfig = {
  architecture: 'gpt',
  vocabSize: 64,
  context: 48,
  layers: 1,
  width: 8,
  heads: 2,
  ffn: 16,
  dropout: 0,
}
const lively: Weights = new Map(
  [...initialWeights(model, 5)].map(([name, { shape, data }]) => [name, { shape, data: data.map((w) => w * 10) }]),
)
const uniform: Weights = new Map(
  [...lively].map(([name, { shape, data }]) => [
    name,
    { shape, data: name === 'head.weight' ? new Float32Array(data.length) : data },
  ]),
)
let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malmoi-evaluate-'))
  await writeWeights(join(folder, 'lively'), lively)
  await writeWeights(join(folder, 'uniform'), uniform)
})
after(() => rm(folder, { recursive: true }))

const bos = 1
const eos = 2
const document = (length: number, bytes: number) => ({
  ids: Uint16Array.from({ length: length + 2 }, (_, i) =>
    i === 0 ? bos : i === length + 1 ? eos : 3 + ((i * 7) % 61),
  ),
  bytes,
})
const run = (weights: string, documents: readonly { ids: Uint16Array; bytes: number }[]) =>
  evaluateText({ model, weights: join(folder, weights), threads: 1, bos, documents })

test('a model that knows nothing needs log₂ of the vocabulary bits for a token', async () => {
  const result = await run('uniform', [document(100, 250), document(5, 14), document(0, 0)])
  assert.equal(result.tokens, 105)
  assert.equal(result.bytes, 264)
  assert.equal(result.documents, 3)
  assert.ok(Math.abs(result.perplexity - 64) < 1e-4)
  assert.ok(Math.abs(result.bitsPerByte - (105 * 6) / 264) < 1e-6)
})

test('every text token is scored once, after what precedes it in its window, whatever it is batched with', async () => {
  const documents = [
    document(100, 300),
    ...Array.from({ length: 80 }, (_, i) => document(i % 50, 100)),
    document(48, 1),
  ]
  let [nats, tokens] = [0, 0]
  for (const { ids } of documents) {
    for (const window of windowsOf(ids, model.context)) {
      const feeds = new Map<string, ArrayLike<number>>([...lively].map(([name, { data }]) => [name, data]))
      const graph = scoringGraph(model, 1, window.tokens.length)
      const [losses] = evaluate([graph.loss!], feeds.set('tokens', window.tokens).set('targets', window.targets))
      nats += losses!.reduce((total, loss) => total + loss, 0)
      tokens += window.targets.length
    }
  }
  const result = await run('lively', documents)
  assert.equal(result.tokens, tokens)
  assert.ok(Math.abs(result.loss - nats / tokens) < 1e-6, `${result.loss} is not ${nats / tokens}`)
  assert.deepEqual(await run('lively', documents), result)
})

test('documents that were taken down are passed over: the others score as they do alone', async () => {
  const gone = { ids: new Uint16Array(70), bytes: 0 }
  const documents = [document(60, 100), document(20, 40)]
  const [first, second] = documents
  assert.deepEqual(await run('lively', [gone, first!, gone, second!, gone]), await run('lively', documents))
  await assert.rejects(run('lively', [gone]), /hold no text/)
})

test('windows are disjoint, hold the text in order, and never bos or eos as a target', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 3, max: 63 }), { maxLength: 200 }),
      fc.integer({ min: 1, max: 50 }),
      (text, context) => {
        const windows = [...windowsOf(Uint16Array.from([bos, ...text, eos]), context)]
        assert.deepEqual(
          windows.flatMap(({ targets }) => [...targets]),
          text,
        )
        for (const { tokens, targets } of windows) {
          assert.ok(targets.length <= context)
          assert.deepEqual([...tokens.subarray(1)], [...targets.subarray(0, -1)])
        }
      },
    ),
  )
})

test('documents that cannot be evaluated are refused', async () => {
  await assert.rejects(run('lively', []), /hold no text/)
  await assert.rejects(
    run('lively', [{ ids: Uint16Array.of(5, 6, 2), bytes: 2 }]),
    /document 0 .* does not begin with bos \(1\)/,
  )
  await assert.rejects(run('lively', [{ ids: Uint16Array.of(1, 64, 2), bytes: 2 }]), /token 64/)
})
