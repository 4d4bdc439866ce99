/** Hunks of two texts hold all of what differs, and nothing else is said of the rest. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hunkLines, textHunks } from '../../cli/text-diff.ts'

const word = fc.constantFrom('어제', '오늘', '비가', '왔다.', '눈이', '그쳤다.')
const line = fc.array(word, { maxLength: 4 }).map((words) => words.join(' '))
const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n'))

const linesOf = (given: string) => given.match(/[^\n]*\n|[^\n]+/g) ?? []

/** A text with the lines of one side of the hunks put in the place of those of the other. */
function patched(from: string, to: string): string {
  const lines = linesOf(from)
  for (const { line: start, parts } of textHunks(from, to).toReversed()) {
    const side = (without: string) => parts.filter(({ change }) => change !== without).map((part) => part.text)
    const old = linesOf(side('added').join(''))
    assert.deepEqual(lines.slice(start.from - 1, start.from - 1 + old.length), old)
    lines.splice(start.from - 1, old.length, side('removed').join(''))
  }
  return lines.join('')
}

test('the hunks make the one text of the other', () => {
  fc.assert(fc.property(text, text, (from, to) => assert.equal(patched(from, to), to)))
})

test('a text and itself have no hunks', () => {
  fc.assert(fc.property(text, (same) => assert.deepEqual(textHunks(same, same), [])))
})

test('a word that changed is shown in its line: marked, or in colours', () => {
  const [hunk] = textHunks('첫 줄\n어제 비가 왔다.\n끝', '첫 줄\n오늘 비가 왔다.\n끝')
  assert.ok(hunk)
  assert.deepEqual(hunkLines(hunk, false), ['@@ -2 +2 @@', '[-어제 -]{+오늘 +}비가 왔다.'])
  assert.match(hunkLines(hunk, true)[1] ?? '', /^\u001b\[31m어제 \u001b\[39m\u001b\[32m오늘 \u001b\[39m비가 왔다\.$/)
})

test('texts that have nothing in common are told whole, however long', () => {
  const words = (stem: string) => Array.from({ length: 20_000 }, (_, place) => `${stem}${place}`).join(' ')
  const [hunk, ...more] = textHunks(words('가'), words('나'))
  assert.equal(more.length, 0)
  assert.deepEqual(
    hunk?.parts.map(({ change }) => change),
    ['removed', 'added'],
  )
})
