/** How much of a text repeats itself line by line: menus, tables and machine-made pages do, prose does not. */

/** Share of characters in lines that repeat an earlier line (surrounding spaces aside) among those in all lines. */
export function duplicateLineShare(text: string): number {
  const seen = new Set<string>()
  let all = 0
  let repeated = 0
  for (const raw of text.split('\n')) {
    const line = raw.trim()
    if (line === '') continue
    all += line.length
    if (seen.has(line)) repeated += line.length
    else seen.add(line)
  }
  return all === 0 ? 0 : repeated / all
}
