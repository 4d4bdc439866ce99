/**
 * Claim: encoding runs at 15 MB/s a core or more on corpus text, with the ids of SentencePiece.
 * node bench/tokenizer-encode.ts [files]; the peer is sentencepiece-js, on a tenth of the lines.
 */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTokenizer } from '../tokenize/encoder.ts'
import { writeModel } from '../tokenize/model-file.ts'
import { trainBpe } from '../tokenize/trainer/bpe.ts'
import { readLines, seconds } from './tokenizer-corpus.ts'

interface Processor {
  load(path: string): Promise<void>
  encodeIds(text: string): number[]
}
const isPackage = (module: unknown): module is { readonly SentencePieceProcessor: new () => Processor } =>
  typeof module === 'object' && module !== null && 'SentencePieceProcessor' in module

const lines = readLines(process.argv.slice(2))
const sizeOf = (texts: readonly string[]): number => texts.reduce((sum, line) => sum + Buffer.byteLength(line), 0) / 1e6
const model = writeModel(await trainBpe(lines, { vocabSize: 16_000 }))

const tokenizer = createTokenizer(model)
for (const round of ['cold', 'warm']) {
  const started = performance.now()
  for (const line of lines) tokenizer.encode(line)
  console.log(`malmoi ${round}: ${(sizeOf(lines) / seconds(started)).toFixed(1)} MB/s`)
}

const peer: unknown = createRequire(import.meta.url)('sentencepiece-js')
if (!isPackage(peer)) throw new TypeError('sentencepiece-js has no SentencePieceProcessor')
const processor = new peer.SentencePieceProcessor()
const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
writeFileSync(join(folder, 'bench.model'), model)
await processor.load(join(folder, 'bench.model'))
rmSync(folder, { recursive: true })

const sample = lines.filter((_, line) => line % 10 === 0)
const started = performance.now()
const theirs = sample.map((line) => processor.encodeIds(line))
console.log(`sentencepiece-js: ${(sizeOf(sample) / seconds(started)).toFixed(1)} MB/s`)
const differing = sample.filter((line, at) => tokenizer.encode(line).join() !== theirs[at]?.join())
console.log(`lines with other ids: ${differing.length} of ${sample.length}`)
