/** malmoi tokenizer train: a SentencePiece model from files. */
import { rename, rm, writeFile } from 'node:fs/promises'
import { UsageError } from '../pipeline/contract.ts'
import { createTokenizer } from '../tokenize/encoder.ts'
import { writeModel } from '../tokenize/model-file.ts'
import { trainBpe } from '../tokenize/trainer/bpe.ts'
import { identified, readRecords, readTextLines } from './records.ts'
import { createReporter } from './report.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'FILE… --vocab-size N --out X.model [--algorithm bpe]',
  details: `
FILE is text, a sentence a line, or JSON lines with a field text (.jsonl, .jsonl.gz, .jsonl.zst). The model file is
SentencePiece's: it loads in sentencepiece, sentencepiece-js and transformers.

  malmoi tokenizer train corpus.jsonl --vocab-size 16000 --out ko.model`,
  options: {
    algorithm: { type: 'string', value: 'A', about: 'bpe (default)' },
    'vocab-size': {
      type: 'string',
      value: 'N',
      about: 'pieces in all; `auto`: at most 16,000, fewer where the text is small',
    },
    out: { type: 'string', value: 'X.model', about: 'where the model is written' },
  },
  async run(call) {
    const files = call.positionals
    const out = call.text('out')
    if (files.length === 0 || !out)
      throw new UsageError('malmoi tokenizer train takes files, --vocab-size N and --out X.model')
    const algorithm = call.text('algorithm') ?? 'bpe'
    if (algorithm !== 'bpe') throw new UsageError(`--algorithm ${algorithm} is not known: give bpe`)
    const vocabSize = call.text('vocab-size') === 'auto' ? ('auto' as const) : call.count('vocab-size')
    if (vocabSize === undefined) throw new UsageError('malmoi tokenizer train needs --vocab-size N')
    const started = performance.now()
    const report = createReporter(process.stderr).begin('tokenizer', out)
    const model = await trainBpe(texts(files), { vocabSize, onProgress: report.progress })
    const seconds = Math.round(performance.now() - started) / 1000
    const bytes = writeModel(model)
    const tokenizer = createTokenizer(bytes)
    let [textBytes, tokens] = [0, 0]
    for await (const text of texts(files)) {
      textBytes += Buffer.byteLength(text)
      tokens += tokenizer.encode(text).length
    }
    const temporary = `${out}.${process.pid}.tmp`
    try {
      await writeFile(temporary, bytes, { flush: true })
      await rename(temporary, out)
    } finally {
      await rm(temporary, { force: true })
    }
    const outcome = { model: out, vocab: model.pieces.length, seconds, bytesPerToken: textBytes / tokens }
    report.end('done', `${outcome.vocab} pieces, ${outcome.bytesPerToken.toFixed(3)} bytes per token`)
    if (call.json) call.emit(outcome)
  },
}

async function* texts(files: readonly string[]): AsyncIterable<string> {
  for (const file of files) {
    if (/\.jsonl?(\.gz|\.zst)?$/.test(file)) {
      for await (const record of readRecords(file)) yield identified(record).text
    } else {
      yield* readTextLines(file)
    }
  }
}
