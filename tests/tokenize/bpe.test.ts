import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FailedError, UsageError } from '../../pipeline/contract.ts'
import { writeModel } from '../../tokenize/model-file.ts'
import { AUTO_VOCAB_SIZE, trainBpe } from '../../tokenize/trainer/bpe.ts'
import { MAX_PIECE_LENGTH } from '../../tokenize/trainer/merges.ts'
import { SAMPLE_SIZE, SENTENCES, sampleModel } from './samples.ts'

const FIXED = 259

async function piecesOf(texts: readonly string[], minPairCount = 1): Promise<string[]> {
  const { pieces } = await trainBpe(texts, { vocabSize: 'auto', minPairCount })
  return pieces.slice(FIXED).map(({ text }) => text)
}

test('a model begins with unk, bos, eos and the 256 bytes', async () => {
  const { pieces } = await trainBpe(['말모이'], { vocabSize: 'auto' })
  assert.deepEqual(
    pieces.slice(0, 5).map(({ text, type }) => [text, type]),
    [
      ['<unk>', 'unknown'],
      ['<s>', 'control'],
      ['</s>', 'control'],
      ['<0x00>', 'byte'],
      ['<0x01>', 'byte'],
    ],
  )
  assert.equal(pieces[258]?.text, '<0xFF>')
})

test('merges come by frequency with scores 0, -1, -2…, then the characters by frequency', async () => {
  const { pieces } = await trainBpe(['나나나나 다라 다라 다라 다', '나'], { vocabSize: 'auto', minPairCount: 1 })
  assert.deepEqual(
    pieces.slice(FIXED).map(({ text, score }) => [text, score]),
    [
      ['▁다', 0],
      ['나나', -1],
      ['▁다라', -2],
      ['나나나나', -3],
      ['나', -4],
      ['▁', -5],
      ['다', -6],
      ['라', -7],
    ],
  )
})

test('among equally frequent pairs the shorter piece goes first, then the one whose code points come first', async () => {
  assert.deepEqual(await piecesOf(['나다\n가라\nab']), ['ab', '가라', '나다', 'a', 'b', '가', '나', '다', '라', '▁'])
})

test('a piece has at most 16 characters, keeps to one script, and has a space only at its front', async () => {
  const pieces = await piecesOf([
    '가나다라마바사아자차카타파하거너더러 F16 3월 漢字가 カナと漢 é'.normalize('NFD').repeat(3),
    ...SENTENCES,
  ])
  for (const piece of pieces) {
    assert.ok([...piece].length <= MAX_PIECE_LENGTH, piece)
    assert.ok(piece.lastIndexOf('▁') <= 0, piece)
    const scripts = ['Hangul', 'Latin', 'Common'].filter((script) =>
      new RegExp(`\\p{Script=${script}}`, 'u').test(piece.replaceAll('▁', '')),
    )
    assert.ok(scripts.length <= 1, piece)
  }
  assert.ok(pieces.some((piece) => piece.length === MAX_PIECE_LENGTH))
})

test('kana and Han go together, and a combining mark goes with any letter', async () => {
  const pieces = await piecesOf(['カナ漢と\nx\u0301y\n가\u0301나'])
  for (const piece of ['カナ漢と', 'x\u0301y', '가\u0301나']) assert.ok(pieces.includes(piece), piece)
})

test('a line break or NUL is in no piece; a tab may be', async () => {
  const pieces = await piecesOf(['가\n나\u0000다\t\t라', '가\n나\u0000다\t\t라'])
  assert.ok(pieces.every((piece) => !/[\n\0]/u.test(piece)))
  assert.ok(pieces.includes('\t\t'))
})

test('a character beyond the coverage has no piece', async () => {
  const pieces = await piecesOf(['가나다라 '.repeat(1000), '쀍'])
  assert.ok(!pieces.includes('쀍'))
  assert.ok((await piecesOf(['가나다라 '.repeat(10), '쀍'])).includes('쀍'))
})

test('the order of the texts, and how they are cut at line breaks, changes no byte', async () => {
  const model = await sampleModel()
  const backward = await trainBpe([...SENTENCES].reverse(), { vocabSize: SAMPLE_SIZE })
  assert.deepEqual(writeModel(backward), model)
  const joined = await trainBpe([SENTENCES.join('\n')], { vocabSize: SAMPLE_SIZE })
  assert.deepEqual(writeModel(joined), model)
})

test('texts may come asynchronously, and progress ends at the whole', async () => {
  async function* arrive(): AsyncGenerator<string> {
    for (const text of SENTENCES) yield text
  }
  const progress: [number, number][] = []
  const onProgress = (done: number, of: number): void => void progress.push([done, of])
  const model = await trainBpe(arrive(), { vocabSize: SAMPLE_SIZE, onProgress })
  assert.deepEqual(writeModel(model), await sampleModel())
  const [done, of] = progress.at(-1) ?? []
  assert.equal(done, of)
})

test('each merge is the most frequent pair of what the merges before it left', async () => {
  const word = fc.string({ unit: fc.constantFrom(...'가나다 ab'), minLength: 1, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 12 }), async (texts) => {
      assert.deepEqual(await piecesOf(texts), naivePieces(texts))
    }),
    { numRuns: 150 },
  )
})

test('auto trains no more than 16,000 pieces and none for a pair rarer than minPairCount', async () => {
  const { pieces } = await trainBpe(SENTENCES, { vocabSize: 'auto' })
  assert.ok(pieces.length < AUTO_VOCAB_SIZE)
  const strict = await trainBpe(SENTENCES, { vocabSize: 'auto', minPairCount: 100 })
  assert.ok(strict.pieces.length < pieces.length)
})

test('a vocabulary the text cannot fill is refused with the most it can fill, which then works', async () => {
  const texts = ['가나다 가나다 나다라']
  const error = await failure(trainBpe(texts, { vocabSize: 1000 }))
  const most = Number(/yields (\d+) at most/u.exec(error.message)?.[1])
  assert.equal((await trainBpe(texts, { vocabSize: most })).pieces.length, most)
  assert.match(error.remedy ?? '', new RegExp(`${most} or less`, 'u'))
})

test('a vocabulary too small for the characters is refused with the least, which then works', async () => {
  const texts = ['가나다 가나다 나다라']
  const error = await failure(trainBpe(texts, { vocabSize: 260 }))
  const least = Number(/need (\d+)/u.exec(error.message)?.[1])
  assert.equal(least, FIXED + 5)
  assert.equal((await trainBpe(texts, { vocabSize: least })).pieces.length, least)
})

test('no text, and a size that is none, are refused', async () => {
  assert.match((await failure(trainBpe(['', '\n'], { vocabSize: 'auto' }))).message, /no text/u)
  for (const vocabSize of [0, -1, 1.5, 70_000]) await assert.rejects(trainBpe(['가'], { vocabSize }), UsageError)
})

async function failure(promise: Promise<unknown>): Promise<FailedError> {
  try {
    await promise
  } catch (error) {
    if (error instanceof FailedError) return error
    throw error
  }
  throw new assert.AssertionError({ message: 'did not fail' })
}

/** BPE as the paper tells it, counting everything anew before each merge; only for the characters of the law above. */
function naivePieces(texts: readonly string[]): string[] {
  const words = texts.flatMap((text) => [...text.replaceAll(' ', '▁').matchAll(/▁?[^▁]*/gu)].map(([word]) => [...word]))
  const characters = new Map<string, number>([['▁', 0]])
  for (const character of words.flat()) characters.set(character, (characters.get(character) ?? 0) + 1)
  const found = new Set<string>()
  const dropped = new Set<string>()
  for (;;) {
    const counts = new Map<string, number>()
    for (const word of words) {
      for (let at = 1; at < word.length; at++) {
        const left = word[at - 1]!
        const right = word[at]!
        const mixed = /[ab]/u.test(left + right) && /[가나다]/u.test(left + right)
        const key = `${left}|${right}`
        if (!mixed && left.length + right.length <= MAX_PIECE_LENGTH && !dropped.has(key))
          counts.set(key, (counts.get(key) ?? 0) + 1)
      }
    }
    const order = [...characters].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([character]) => character)
    const age = (piece: string): number =>
      order.includes(piece) ? order.indexOf(piece) : order.length + [...found].indexOf(piece)
    const [best] = [...counts].sort(([a, m], [b, n]) => {
      const [textA, textB] = [a.replace('|', ''), b.replace('|', '')]
      if (m !== n) return n - m
      if (textA.length !== textB.length) return textA.length - textB.length
      if (textA !== textB) return textA < textB ? -1 : 1
      return age(a.split('|')[0]!) - age(b.split('|')[0]!)
    })
    if (best === undefined) return [...found, ...order]
    const [left, right] = best[0].split('|')
    dropped.add(best[0])
    if (found.has(`${left}${right}`)) continue
    found.add(`${left}${right}`)
    for (const word of words) {
      for (let at = 1; at < word.length; at++)
        if (word[at - 1] === left && word[at] === right) word.splice(at - 1, 2, `${left}${right}`)
    }
  }
}
