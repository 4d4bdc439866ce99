/**
 * How well a model predicts text: bits per byte (comparable across tokenizers) and perplexity (of one tokenizer).
 * Reads documents as ids with their size in bytes; tokenizing and choosing documents is left to others.
 */
import { validateModel } from '../model/config.ts'
import { scoringGraph } from '../model/model.ts'
import type { GraphSession, Values } from '../model/session.ts'
import { openSession } from '../model/session.ts'
import type { Weights } from '../model/weights.ts'
import { readModelWeights } from '../model/weights.ts'
import type { ModelConfig } from '../pipeline/contract.ts'
import { FailedError } from '../pipeline/contract.ts'
import { isTakenDown } from '../tokenize/shards/read.ts'

export interface EncodedDocument {
  /** `bos, text…, eos`. */
  readonly ids: Uint16Array
  /** UTF-8 bytes of the original text. */
  readonly bytes: number
}

export interface EvaluateJob {
  readonly model: ModelConfig
  /** Path of a safetensors file. */
  readonly weights: string
  readonly threads: number
  readonly bos: number
  readonly documents: Iterable<EncodedDocument> | AsyncIterable<EncodedDocument>
}

export interface EvaluateProgress {
  readonly documents: number
  readonly tokens: number
}

export interface Evaluation {
  /** Σ −log₂ p of the text's tokens / Σ bytes of the text. */
  readonly bitsPerByte: number
  /** e^loss. */
  readonly perplexity: number
  /** Mean of −ln p over the text's tokens. */
  readonly loss: number
  /** Scored tokens: those of the text, without bos and eos. */
  readonly tokens: number
  readonly bytes: number
  /** Those that were not taken down. */
  readonly documents: number
}

/** Tokens that one run of the model holds at most, padding counted (one window at least). */
const BATCH_TOKENS = 2048
const SMALLEST_WINDOW = 32

/**
 * Scores every text token once, given bos and what precedes it in its window. Special tokens are context, not text:
 * bos is never a target and eos is not scored, so bits and bytes are both the text's alone.
 * Windows are disjoint, of `context` tokens (Gao et al., lm-evaluation-harness, "rolling loglikelihood"); the first
 * token of a later window is predicted from the one before it. Sums are float64 in an order that follows from the
 * documents' order alone. Documents that were taken down are passed over. Throws FailedError for a document that does not begin with bos, or without any text.
 */
export async function evaluateText(
  job: EvaluateJob,
  onProgress?: (progress: EvaluateProgress) => void,
): Promise<Evaluation> {
  validateModel(job.model)
  const weights = await readModelWeights(job.weights, job.model)
  const scorer = createScorer(job.model, weights, job.threads)
  let [documents, tokens, bytes, nats] = [0, 0, 0, 0]
  try {
    for await (const document of job.documents) {
      if (isTakenDown(document.ids)) continue
      checkDocument(document, documents, job)
      for (const window of windowsOf(document.ids, job.model.context)) nats += await scorer.add(window)
      documents += 1
      tokens += document.ids.length - 2
      bytes += document.bytes
      onProgress?.({ documents, tokens })
    }
    nats += await scorer.finish()
  } finally {
    await scorer.close()
  }
  if (tokens === 0 || bytes === 0) {
    throw new FailedError(
      `the ${documents} documents to evaluate on hold no text`,
      'Choose a version with a validation split.',
    )
  }
  const loss = nats / tokens
  return { bitsPerByte: nats / Math.LN2 / bytes, perplexity: Math.exp(loss), loss, tokens, bytes, documents }
}

function checkDocument({ ids }: EncodedDocument, ordinal: number, job: EvaluateJob): void {
  const remedy = 'Encode the documents with the tokenizer the model was trained with, as bos, text, eos.'
  if (ids.length < 2 || ids[0] !== job.bos) {
    throw new FailedError(
      `document ${ordinal} of the evaluation does not begin with bos (${job.bos}) and end with eos`,
      remedy,
    )
  }
  const foreign = ids.find((id) => id >= job.model.vocabSize)
  if (foreign !== undefined) {
    throw new FailedError(
      `document ${ordinal} of the evaluation holds the token ${foreign}, the model's vocabulary has ${job.model.vocabSize}`,
      remedy,
    )
  }
}

/** A run of text tokens to score: `targets` follow `tokens` one by one. */
interface Window {
  readonly tokens: Uint16Array
  readonly targets: Uint16Array
}

/** Cuts `bos, text…, eos` into disjoint windows whose targets are the text, each token once. */
export function* windowsOf(ids: Uint16Array, context: number): Generator<Window, void, void> {
  const last = ids.length - 2
  for (let start = 0; start < last; start += context) {
    const end = Math.min(start + context, last)
    yield { tokens: ids.subarray(start, end), targets: ids.subarray(start + 1, end + 1) }
  }
}

interface Scorer {
  /** Takes a window and returns the nats of the windows that became a full batch by it, often 0. */
  add(window: Window): Promise<number>
  /** Scores what is left. */
  finish(): Promise<number>
  close(): Promise<void>
}

/** Gathers windows of like length (rounded up to a power of two) into batches, padded behind, and sums their nats. */
function createScorer(model: ModelConfig, weights: Weights, threads: number): Scorer {
  interface Bucket {
    readonly length: number
    readonly rows: number
    readonly session: GraphSession
    waiting: Window[]
  }
  const buckets = new Map<number, Bucket>()

  async function bucketFor(size: number): Promise<Bucket> {
    let power = SMALLEST_WINDOW
    while (power < size) power *= 2
    const length = Math.min(power, model.context)
    const found = buckets.get(length)
    if (found !== undefined) return found
    const rows = Math.max(1, Math.floor(BATCH_TOKENS / length))
    const bucket = { length, rows, session: await openSession(scoringGraph(model, rows, length), threads), waiting: [] }
    buckets.set(length, bucket)
    return bucket
  }

  async function score(bucket: Bucket): Promise<number> {
    const { length, rows, waiting } = bucket
    bucket.waiting = []
    const tokens = new Int32Array(rows * length)
    const targets = new Int32Array(rows * length)
    waiting.forEach((window, row) => {
      tokens.set(window.tokens, row * length)
      targets.set(window.targets, row * length)
    })
    const feeds = new Map<string, Values>([...weights].map(([name, { data }]) => [name, data]))
    const losses = (await bucket.session.run(feeds.set('tokens', tokens).set('targets', targets))).get('loss')
    if (losses === undefined) throw new Error('the model returned no loss')
    let nats = 0
    // The padding behind a window is scored too, and not read.
    waiting.forEach((window, row) => {
      for (let i = 0; i < window.targets.length; i++) nats += losses[row * length + i]!
    })
    if (!Number.isFinite(nats))
      throw new FailedError('the model gives a text token no probability', 'Its weights are damaged: train again.')
    return nats
  }

  return {
    async add(window) {
      const bucket = await bucketFor(window.tokens.length)
      bucket.waiting.push(window)
      return bucket.waiting.length === bucket.rows ? score(bucket) : 0
    },
    async finish() {
      let nats = 0
      const left = [...buckets.values()].sort((a, b) => a.length - b.length)
      for (const bucket of left) if (bucket.waiting.length > 0) nats += await score(bucket)
      return nats
    },
    async close() {
      for (const { session } of buckets.values()) await session.close()
    },
  }
}
