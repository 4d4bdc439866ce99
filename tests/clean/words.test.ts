/** Words as numbers, and the runs of them that a text repeats, against plain counting over strings. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { prepare } from '../../clean/prepared.ts'

const word = fc.constantFrom('가', '나', '다', '라면', '가나', 'a', '1', '漢', '👩')
const texts = fc
  .array(fc.oneof({ weight: 6, arbitrary: word }, { weight: 1, arbitrary: fc.constantFrom('\n', '\n\n') }), {
    maxLength: 80,
  })
  .map((parts) => parts.join(' '))

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/).filter((each) => each !== '')
}

/** Gopher's counting, spelled out: the top n-gram by occurrences, and repeated n-grams, behind which counting goes on. */
function counted(words: readonly string[], n: number) {
  const grams = words.slice(0, Math.max(0, words.length - n + 1)).map((_, i) => words.slice(i, i + n))
  const times = new Map<string, number>()
  for (const gram of grams) times.set(gram.join(' '), (times.get(gram.join(' ')) ?? 0) + 1)
  const most = Math.max(0, ...times.values())
  const top =
    most < 2
      ? [0]
      : [...times].filter(([, count]) => count === most).map(([gram]) => most * gram.replaceAll(' ', '').length)
  const seen = new Set<string>()
  let duplicate = 0
  for (let i = 0; i < grams.length; ) {
    const gram = grams[i]!.join(' ')
    if (seen.has(gram)) {
      duplicate += gram.replaceAll(' ', '').length
      i += n
    } else {
      seen.add(gram)
      i++
    }
  }
  return { top: Math.max(...top), duplicate }
}

test('equal words have equal numbers, different ones different', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const expected = wordsOf(text)
      const { words } = prepare(text, text)
      assert.equal(words.count, expected.length)
      const found = Array.from({ length: words.count }, (_, i) => text.slice(words.starts[i], words.ends[i]))
      assert.deepEqual(found, expected)
      const firsts = [...new Set(expected)]
      assert.deepEqual(
        [...words.ids],
        expected.map((each) => firsts.indexOf(each)),
      )
      assert.deepEqual(
        words.occurrences,
        firsts.map((each) => expected.filter((other) => other === each).length),
      )
    }),
  )
})

test('many different words, and many that hash alike in their low bits, stay apart', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => i.toString(36))
  const { words } = prepare('', [...many, ...many].join(' '))
  assert.equal(words.occurrences.length, many.length)
  assert.ok(words.occurrences.every((count) => count === 2))
})

test('repeated runs of 2 to 10 words are those that plain counting finds', () => {
  fc.assert(
    fc.property(texts, fc.nat(3), (text, times) => {
      const repeated = `${text} ${text.slice(0, 60)} `.repeat(times + 1)
      const { runs } = prepare(repeated, repeated)
      for (let n = 2; n <= 10; n++) assert.deepEqual(runs[n], counted(wordsOf(repeated), n), `${n}-grams`)
    }),
    { numRuns: 200 },
  )
})

test('lines and their letters go together', () => {
  fc.assert(
    fc.property(texts, (text) => {
      const { lines, lettersOfLines } = prepare(text, text)
      assert.equal(lettersOfLines.length, lines.length)
      for (const [i, line] of lines.entries()) {
        assert.equal(lettersOfLines[i]?.hangul, line.match(/[가-힣]/g)?.length ?? 0)
        assert.equal(lettersOfLines[i]?.hanja, line.match(/漢/g)?.length ?? 0)
      }
    }),
  )
})
