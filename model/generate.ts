/**
 * Continues a sequence of tokens with a trained model: greedy, or sampled from a seed.
 * Knows ids only; text is the tokenizer's. Every new token is a full forward pass over a window whose length is rounded
 * up to a power of two: a causal model does not see the padding behind the last token.
 */
import type { ModelConfig } from '../pipeline/contract.ts'
import { UsageError } from '../pipeline/contract.ts'
import { validateModel } from './config.ts'
import { nextTokenGraph } from './model.ts'
import type { Random } from './random.ts'
import { randomStream } from './random.ts'
import type { GraphSession, Values } from './session.ts'
import { openSession } from './session.ts'
import { readModelWeights } from './weights.ts'

export interface GenerateRequest {
  /** At least one token, such as bos. The model sees the last `context` tokens of prompt and answer. */
  readonly prompt: ArrayLike<number>
  readonly maxTokens: number
  /** Always the likeliest token; temperature, topK and seed are then not used. */
  readonly greedy?: boolean
  /** Above 0; logits are divided by it. */
  readonly temperature: number
  /** Only that many of the likeliest tokens are drawn from; 0 for all. */
  readonly topK: number
  readonly seed: number
  /** Ends the answer and is no part of it. */
  readonly stop: number
}

export interface Generator {
  /** The answer's tokens one by one. The same request gives the same tokens. Throws UsageError for a wrong request. */
  generate(request: GenerateRequest): AsyncGenerator<number, void, void>
  close(): Promise<void>
}

const SMALLEST_WINDOW = 32

/** Loads the weights (a safetensors path) once. Throws FailedError where they are not the model's. */
export async function createGenerator(options: {
  readonly model: ModelConfig
  readonly weights: string
  readonly threads: number
}): Promise<Generator> {
  const { model, threads } = options
  validateModel(model)
  const weights = await readModelWeights(options.weights, model)
  const sessions = new Map<number, Promise<GraphSession>>()

  /** The logits that follow the last of 1 to `context` tokens. */
  async function logitsAfter(tokens: readonly number[]): Promise<Float32Array> {
    const length = windowLength(tokens.length, model.context)
    const opened = sessions.get(length) ?? openSession(nextTokenGraph(model, length), threads)
    sessions.set(length, opened)
    const feeds = new Map<string, Values>([...weights].map(([name, { data }]) => [name, data]))
    const padded = new Int32Array(length)
    padded.set(tokens)
    feeds.set('tokens', padded).set('last', Int32Array.of(tokens.length - 1))
    const logits = (await (await opened).run(feeds)).get('logits')
    if (logits === undefined) throw new Error('the model returned no logits')
    return logits
  }

  return {
    async *generate(request) {
      const tokens = Array.from(request.prompt)
      validate(request, tokens, model)
      const random = randomStream(request.seed, 'generate')
      for (let count = 0; count < request.maxTokens; count++) {
        const logits = await logitsAfter(tokens.slice(-model.context))
        const next = request.greedy ? likeliest(logits) : sample(logits, request.temperature, request.topK, random)
        if (next === request.stop) return
        tokens.push(next)
        yield next
      }
    },
    async close() {
      for (const session of sessions.values()) await (await session).close()
      sessions.clear()
    },
  }
}

function windowLength(tokens: number, context: number): number {
  let length = SMALLEST_WINDOW
  while (length < tokens) length *= 2
  return Math.min(length, context)
}

function validate(request: GenerateRequest, prompt: readonly number[], model: ModelConfig): void {
  if (prompt.length === 0) throw new UsageError('the prompt has no tokens: begin it with bos')
  const foreign = prompt.find((id) => !Number.isInteger(id) || id < 0 || id >= model.vocabSize)
  if (foreign !== undefined)
    throw new UsageError(`the prompt holds the token ${foreign}, the vocabulary has ${model.vocabSize}`)
  if (!Number.isInteger(request.maxTokens) || request.maxTokens < 0) {
    throw new UsageError(`maxTokens is ${request.maxTokens}: it must be a whole number, 0 or more`)
  }
  if (request.greedy) return
  if (!(request.temperature > 0) || !Number.isFinite(request.temperature)) {
    throw new UsageError(`temperature is ${request.temperature}: it must be above 0, or choose greedy`)
  }
  if (!Number.isInteger(request.topK) || request.topK < 0) {
    throw new UsageError(`topK is ${request.topK}: it must be a whole number, 0 for all tokens`)
  }
}

/** The token of the highest logit; of equals, the lowest id. */
export function likeliest(logits: Float32Array): number {
  let best = 0
  for (let id = 1; id < logits.length; id++) if (logits[id]! > logits[best]!) best = id
  return best
}

/**
 * Draws from softmax(logits / temperature) among the topK likeliest tokens (0 for all; of equals, the lower ids).
 * Fan, Lewis & Dauphin, Hierarchical Neural Story Generation (2018), section 5.4.
 */
export function sample(logits: Float32Array, temperature: number, topK: number, random: Random): number {
  const ranked = Array.from(logits.keys()).sort((a, b) => logits[b]! - logits[a]! || a - b)
  const candidates = topK === 0 ? ranked : ranked.slice(0, topK)
  const largest = logits[ranked[0]!]!
  const shares = candidates.map((id) => Math.exp((logits[id]! - largest) / temperature))
  let left = random.uniform() * shares.reduce((total, share) => total + share, 0)
  for (const [i, id] of candidates.entries()) {
    left -= shares[i]!
    if (left < 0) return id
  }
  // Rounding left a sliver behind the last candidate.
  return candidates.at(-1)!
}
