import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { textLines } from '../../store/text-lines.ts'

async function* inPieces(bytes: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

test('JSON lines come back as they were written, whatever they hold and however the bytes arrive', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 9 }), async (texts, size) => {
      const hostile = texts.map((text) => `${text}\u2028\u2029\u0085\r${text}`)
      const written = Buffer.from(hostile.map((text) => `${JSON.stringify(text)}\n`).join(''))
      const lines = await Array.fromAsync(textLines(inPieces(written, size)))
      assert.deepEqual(
        lines.map((line) => JSON.parse(line)),
        hostile,
      )
    }),
  )
})

test('a carriage return before the line feed goes, and a last line needs none', async () => {
  const bytes = Buffer.from('하나\r\n\r\n둘')
  assert.deepEqual(await Array.fromAsync(textLines(inPieces(bytes, 4))), ['하나', '', '둘'])
})
