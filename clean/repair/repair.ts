/**
 * A text as it was meant, where an encoding or an escape was undone wrongly on its way: one call for all of it. What is
 * not certain stays as it is, for the measure of mojibake to judge. Knows no spelling (normalize.ts).
 */
import { cp1252 } from './c1.ts'
import { suspects } from './charsets.ts'
import { unescapeReferences } from './entities.ts'
import { rereadKorean } from './korean.ts'
import { undoMojibake } from './mojibake.ts'

/** Text may have been misread again and again; each round undoes one reading. */
const ROUNDS = 6

/**
 * Repairs character references left in the text, UTF-8 and EUC-KR read as an eight-bit charset (also several
 * times over), and C1 controls. Text without damage comes back as it is, after one scan of its characters.
 */
export function repairText(text: string): string {
  let current = unescapeReferences(text)
  for (let round = 0; round < ROUNDS; round++) {
    const next = undoReading(current)
    if (next === current) break
    current = next
  }
  return current
}

/** EUC-KR first: what is whole lines of Korean is no accident. C1 controls last: they may be bytes of something. */
function undoReading(text: string): string {
  const { utf8, eucKr } = suspects(text)
  const korean = rereadKorean(text, eucKr)
  if (korean !== text) return korean
  const undone = utf8 === 0 ? text : undoMojibake(text, utf8)
  return undone === text ? cp1252(text) : undone
}
