/**
 * Claim: training a 16k BPE is faster than spm_train and Hugging Face tokenizers, with the pieces of spm_train.
 * node bench/tokenizer-train.ts [files]; peers are PyPI's sentencepiece and tokenizers (MALMOI_PYTHON).
 */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTokenizer } from '../tokenize/encoder.ts'
import { readModel, writeModel } from '../tokenize/model-file.ts'
import { trainBpe } from '../tokenize/trainer/bpe.ts'
import { readLines, seconds, timePython } from './tokenizer-corpus.ts'

const VOCAB_SIZE = 16_000

const SENTENCEPIECE = `
import sys, time, sentencepiece
start = time.time()
sentencepiece.SentencePieceTrainer.train(input=sys.argv[1], model_prefix=sys.argv[2], vocab_size=${VOCAB_SIZE},
  model_type='bpe', byte_fallback=True, normalization_rule_name='identity', remove_extra_whitespaces=False,
  add_dummy_prefix=False, max_sentence_length=1 << 30, minloglevel=2)
print(time.time() - start)`

const TOKENIZERS = `
import sys, time
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme='never')
start = time.time()
tokenizer.train([sys.argv[1]], trainers.BpeTrainer(vocab_size=${VOCAB_SIZE}, show_progress=False))
print(time.time() - start)`

const lines = readLines(process.argv.slice(2))
const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0)
console.log(`${(bytes / 1e6).toFixed(1)} MB, ${lines.length} lines, ${VOCAB_SIZE} pieces`)

const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
const text = join(folder, 'text.txt')
writeFileSync(text, lines.join('\n'))

// Like the peers, from the file on disk.
const started = performance.now()
const model = await trainBpe(readFileSync(text, 'utf8').split('\n'), { vocabSize: VOCAB_SIZE })
const ours = seconds(started)
report('malmoi', ours, bytesPerToken(writeModel(model)))

try {
  const theirs = timePython(SENTENCEPIECE, [text, join(folder, 'spm')])
  if (typeof theirs === 'string') report('spm_train', theirs)
  else {
    const file = readFileSync(join(folder, 'spm.model'))
    report('spm_train', theirs, bytesPerToken(file))
    const pieces = readModel(file).pieces
    const differing = pieces.filter(
      ({ text, score }, id) => text !== model.pieces[id]?.text || score !== model.pieces[id].score,
    )
    console.log(`pieces that differ from spm_train's: ${differing.length}`)
  }
  report('tokenizers', timePython(TOKENIZERS, [text]))
} finally {
  rmSync(folder, { recursive: true })
}

function bytesPerToken(file: Uint8Array): number {
  const tokenizer = createTokenizer(file)
  return bytes / lines.reduce((sum, line) => sum + tokenizer.encode(line).length, 0)
}

function report(name: string, time: number | string, perToken?: number): void {
  if (typeof time === 'string') {
    console.log(`${name.padEnd(12)} absent: ${time}`)
    return
  }
  const quality = perToken === undefined ? '' : `, ${perToken.toFixed(4)} bytes a token`
  console.log(`${name.padEnd(12)} ${time.toFixed(2)} s (${(time / ours).toFixed(2)} × ours)${quality}`)
}
