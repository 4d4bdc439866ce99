/** malmoi generate: a checkpoint goes on with a prompt. */
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { createGenerator } from '../model/generate.ts'
import { type Artifact, UsageError } from '../pipeline/contract.ts'
import { readCheckpoint } from '../pipeline/stages/train.ts'
import type { Objects } from '../store/objects.ts'
import { createTokenizer } from '../tokenize/encoder.ts'
import { findCheckpoint } from './checkpoints.ts'
import { noteMarks } from './takedown-notes.ts'
import type { Call, Verb } from './verb.ts'

export interface Sampling {
  readonly prompt: string
  readonly maxTokens: number
  readonly greedy: boolean
  readonly temperature: number
  readonly topK: number
  readonly seed: number
  readonly threads: number
}

export const verb: Verb = {
  usage: 'CHECKPOINT --prompt TEXT [--greedy] [--max-tokens N] [--temperature T] [--top-k K] [--seed N]',
  details: `
  malmoi generate 3f9a01 --prompt '말모이는' --max-tokens 60
  malmoi generate 3f9a01 --prompt '말모이는' --greedy --json`,
  options: {
    prompt: { type: 'string', value: 'TEXT', about: 'what it goes on with' },
    greedy: { type: 'boolean', about: 'always the likeliest token' },
    'max-tokens': { type: 'string', value: 'N', about: 'at most so many new tokens (default: 100)' },
    temperature: { type: 'string', value: 'T', about: 'below 1 bolder, above 1 wilder (default: 0.8)' },
    'top-k': { type: 'string', value: 'K', about: 'draw from the K likeliest only; 0: from all (default: 40)' },
    seed: { type: 'string', value: 'N', about: 'the same seed draws the same text (default: 0)' },
  },
  async run(call) {
    const prompt = call.text('prompt')
    if (prompt === undefined) throw new UsageError('malmoi generate needs --prompt TEXT')
    const temperature = Number(call.text('temperature') ?? 0.8)
    if (!(temperature > 0)) throw new UsageError(`--temperature ${call.text('temperature')}: give a number above 0`)
    const { connection, objects } = await call.open()
    const { checkpoint } = await findCheckpoint(connection.db, call.positionals[0])
    await noteMarks(call, connection.db, checkpoint.digest)
    const generated = await generateText(objects, checkpoint, {
      prompt,
      maxTokens: call.count('max-tokens') ?? 100,
      greedy: call.flag('greedy'),
      temperature,
      topK: call.count('top-k', 0) ?? 40,
      seed: call.count('seed', 0) ?? 0,
      threads: availableParallelism(),
    })
    show(call, prompt, generated)
  },
}

/** New text that follows the prompt, and how many tokens it took. */
export async function generateText(
  objects: Objects,
  checkpoint: Artifact,
  { prompt, ...sampling }: Sampling,
): Promise<{ readonly text: string; readonly tokens: number }> {
  const { config, tokenizer: digest, weights } = await readCheckpoint(objects, checkpoint.digest)
  const tokenizer = createTokenizer(await readFile(objects.path(digest, 'raw')))
  const path = objects.path(weights, 'raw')
  const generator = await createGenerator({ model: config.model, weights: path, threads: sampling.threads })
  try {
    const ids = [tokenizer.bos, ...tokenizer.encode(prompt)]
    const answer = await Array.fromAsync(generator.generate({ ...sampling, prompt: ids, stop: tokenizer.eos }))
    // Byte pieces may complete a character that the prompt ended in, so the text is decoded as a whole.
    const text = tokenizer.decode([...ids, ...answer]).slice(tokenizer.decode(ids).length)
    return { text, tokens: answer.length }
  } finally {
    await generator.close()
  }
}

function show(call: Call, prompt: string, generated: { readonly text: string; readonly tokens: number }): void {
  if (call.json) call.emit(generated)
  else call.print(`${prompt}${generated.text}`)
}
