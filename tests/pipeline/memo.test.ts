/** What was decided before is joined to the lines of now: whatever was known, the results are those of working on all. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { memoised } from '../../pipeline/stages/memo.ts'

interface Line {
  readonly key: string
  readonly text: string
}
interface Result extends Line {
  readonly length: number
}

const result = ({ key, text }: Line): Result => ({ key, text, length: text.length })
const byBytes = (a: Line, b: Line) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key))

/** Keys of every plane: in UTF-16 an astral character sorts before U+E000, in UTF-8 after it. */
const key = fc.string({
  unit: fc.constantFrom('a', 'b', '가', '\u{e000}', '\u{ffee}', '\u{10000}', '\u{1f600}'),
  maxLength: 4,
})
const text = fc.constantFrom('하나', '둘', '셋이다')
const lines = fc
  .uniqueArray(fc.record({ key, text }), { selector: ({ key }) => key, maxLength: 40 })
  .map((all) => all.toSorted(byBytes))

async function* streamed<Item>(items: readonly Item[], onEnd = () => {}): AsyncGenerator<Item> {
  try {
    yield* items
  } finally {
    onEnd()
  }
}

/** The results, and what was worked on. */
async function joined(now: readonly Line[], before: readonly Result[]) {
  const worked: Line[] = []
  const all = memoised(
    streamed(now),
    streamed(before),
    (line, known) => (line.text === known.text ? known : null),
    (fresh) => {
      worked.push(...fresh)
      return streamed(fresh.map(result))
    },
  )
  return { results: await Array.fromAsync(all), worked }
}

test('whatever was known before, the results are those of working on every line, in order', async () => {
  await fc.assert(
    fc.asyncProperty(lines, lines, async (now, then) => {
      const { results } = await joined(now, then.map(result))
      assert.deepEqual(results, now.map(result))
    }),
  )
})

test('worked on is what was not known, or was known of another text, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(lines, lines, async (now, then) => {
      const known = new Map(then.map(({ key, text }) => [key, text]))
      const { worked } = await joined(now, then.map(result))
      assert.deepEqual(
        worked,
        now.filter(({ key, text }) => known.get(key) !== text),
      )
    }),
  )
})

test('of more lines than are worked on at once, each known one is found', async () => {
  const many = Array.from({ length: 10_000 }, (_, index) => ({ key: String(index).padStart(5, '0'), text: '글' }))
  const then = many.filter((_, index) => index % 3 !== 0)
  const { results, worked } = await joined(many, then.map(result))
  assert.deepEqual(results, many.map(result))
  assert.equal(worked.length, many.length - then.length)
})

test('the earlier lines are closed when all are read, when the reader stops, and when the work fails', async () => {
  const now = [{ key: 'a', text: '하나' }]
  const then = ['a', 'b', 'c'].map((key) => result({ key, text: '하나' }))
  let closed = 0
  const begin = (reuse: () => Result | null, work: (fresh: readonly Line[]) => AsyncIterable<Result>) =>
    memoised(
      streamed(now),
      streamed(then, () => closed++),
      reuse,
      work,
    )
  const known = () => then[0] ?? null
  await Array.fromAsync(begin(known, () => streamed([])))
  assert.equal(closed, 1)
  for await (const _ of begin(known, () => streamed([]))) break
  assert.equal(closed, 2)
  const failing = begin(
    () => null,
    () => {
      throw new Error('no worker')
    },
  )
  await assert.rejects(Array.fromAsync(failing), /no worker/)
  assert.equal(closed, 3)
})
