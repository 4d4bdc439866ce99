/**
 * Lines of a byte stream with their numbers, within a limit: a line that is too long is skipped, not held.
 */

export interface Line {
  /** From 1. */
  readonly number: number
  /** UTF-8 decoded; null where the line was longer than the limit. */
  readonly text: string | null
}

const newline = 0x0a

/** Every line that is not blank. `limit` in bytes; at most that much of a line is in memory. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Line> {
  let number = 0
  let parts: Uint8Array[] = []
  let held = 0
  let tooLong = false

  function finish(): Line | null {
    number += 1
    const text = tooLong
      ? null
      : Buffer.concat(parts)
          .toString('utf8')
          .replace(/^\ufeff/, '')
    parts = []
    held = 0
    tooLong = false
    return text !== null && text.trim() === '' ? null : { number, text }
  }

  for await (const chunk of stream) {
    let at = 0
    while (at < chunk.byteLength) {
      const end = chunk.indexOf(newline, at)
      const part = chunk.subarray(at, end < 0 ? chunk.byteLength : end)
      held += part.byteLength
      if (held > limit) {
        tooLong = true
        parts = []
      } else parts.push(part)
      if (end < 0) break
      const line = finish()
      if (line !== null) yield line
      at = end + 1
    }
  }
  if (held > 0) {
    const line = finish()
    if (line !== null) yield line
  }
}
