/** The tokenizer a text tool is given with --tokenizer. */
import { readFile } from 'node:fs/promises'
import { type Tokenizer, UsageError } from '../pipeline/contract.ts'
import { createTokenizer } from '../tokenize/encoder.ts'
import type { Call, Option } from './verb.ts'

export const TOKENIZER: Option = { type: 'string', value: 'X.model', about: 'the SentencePiece model' }

export async function openTokenizer(
  call: Call,
): Promise<{ readonly tokenizer: Tokenizer; readonly bytes: Uint8Array }> {
  const file = call.text('tokenizer')
  if (!file) throw new UsageError('--tokenizer X.model is missing')
  const bytes = await readFile(file).catch((cause: unknown) => {
    throw new UsageError(
      `--tokenizer ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  })
  return { tokenizer: createTokenizer(bytes), bytes }
}
