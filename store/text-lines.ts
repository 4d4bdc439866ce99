/**
 * Lines of UTF-8 bytes. Only a line feed ends one (a carriage return before it goes too): JSON holds U+2028 and U+2029 as
 * they are, and node:readline would break a record there.
 */
export async function* textLines(chunks: AsyncIterable<Uint8Array>): AsyncIterable<string> {
  const decoder = new TextDecoder()
  /** Of the line that is not ended yet: a line of 100 MB is put together once. */
  let parts: string[] = []
  const line = (): string => {
    const text = parts.join('')
    parts = []
    return text.endsWith('\r') ? text.slice(0, -1) : text
  }
  for await (const chunk of chunks) {
    const text = decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      parts.push(text.slice(start, end))
      yield line()
      start = end + 1
    }
    if (start < text.length) parts.push(text.slice(start))
  }
  parts.push(decoder.decode())
  const last = line()
  if (last !== '') yield last
}
