/**
 * Whether a sequence is certain to be a misread character, by what is misread, what would come out, and what stands
 * beside it. Every rule holds against text that people really write: CONCLUSÃO, 10 Å—, Brontë…”, ВІКІ.
 */
import type { Script } from './scripts.ts'
import type { Sequence } from './utf8-run.ts'

/** They close or follow a word, so that a letter before one is most often just the end of that word. */
const CLOSES_A_WORD = /[’”“‘»›‹…–—™]/
const FOLLOWS_A_WORD = /[’”“‘»›‹…–—™®©£¿¡´·]/
const UPPER = /\p{Lu}/u
const LOWER = /\p{Ll}/u
const LETTER_OR_DIGIT = /[\p{L}\d]/u
const BOX = /^[\u2500-\u259f]+$/

/** The sequences of a run that are certain. Linear: what concerns the whole run is counted once. */
export function certainOf(text: string, run: readonly Sequence[]): readonly Sequence[] {
  const letters = scriptsOfSense(run)
  return run.filter((_, i) => isCertain(text, run, i, letters))
}

/**
 * Scripts of which a run of sense has two letters or more: that is no accident, where one may be (Brontë…” would be 녔).
 * A third of them must be made of signs, since real words of another script are made of its letters.
 */
function scriptsOfSense(run: readonly Sequence[]): ReadonlySet<Script> {
  const counts = new Map<Script, { letters: number; signs: number }>()
  for (const { script, isLossy, hasSign } of run) {
    if (script === 'none') return new Set()
    const count = counts.get(script) ?? { letters: 0, signs: 0 }
    if (!isLossy) count.letters++
    if (!isLossy && hasSign) count.signs++
    counts.set(script, count)
  }
  const sensible = [...counts].filter(([, { letters, signs }]) => letters > 1 && signs * 3 >= letters)
  return new Set(sensible.map(([script]) => script))
}

function isCertain(text: string, run: readonly Sequence[], i: number, letters: ReadonlySet<Script>): boolean {
  const sequence = run[i]!
  const { script, start, end } = sequence
  if (script === 'none') return false
  if (script === 'lost') return isLostCharacter(text, sequence)
  if (sequence.isLossy) return false
  if (sequence.hasControl || end - start > 3) return true
  if (script === 'latin') return isAmongLatin1(run, i) || isCertainLatin(text, run, i)
  if (script === 'sign' || script === 'control') return isAmongLatin1(run, i) || isCertainSign(text, sequence)
  return letters.has(script) || isGreekInCode(text, sequence)
}

/** The bytes of U+FFFD; â€ and a byte without a character; a letter that broke a word in lower case. */
function isLostCharacter(text: string, { start, end, isLossy }: Sequence): boolean {
  if (!isLossy) return true
  if (text.startsWith('â€', start)) return end - start === 3
  return end - start === 2 && UPPER.test(text[start]!) && isKind(LOWER, text[start - 1]) && isKind(LOWER, text[end])
}

/** Of three bytes: a letter and two signs. Of two: Â and a sign, where Â is not the end of a word in capitals. */
function isCertainSign(text: string, { start, end, hasSign }: Sequence): boolean {
  if (!hasSign) return false
  return end - start === 3 || (text[start] === 'Â' && !isKind(UPPER, text[start - 1]))
}

/** Two in a row below U+0100 are what a second reading made of one character. */
function isAmongLatin1(run: readonly Sequence[], i: number): boolean {
  const own = run[i]!
  return [run[i - 1], run[i + 1]].some((other) => {
    return other !== undefined && isLatin1(own) && isLatin1(other) && (own.hasSign || other.hasSign)
  })
}

function isLatin1({ decoded, isLossy }: Sequence): boolean {
  return decoded < '\u0100' && !isLossy
}

/** A letter that fits the case of its neighbours, so that the signs it is made of must be its bytes. */
function isCertainLatin(text: string, run: readonly Sequence[], i: number): boolean {
  const { start, end, decoded, hasSign } = run[i]!
  const isA = text[start] === 'Ã'
  const misread = text.slice(start, end)
  if ((!hasSign && !isA) || BOX.test(misread)) return false
  // What a neighbour in the run would be counts for the letters of Western Europe alone; Å³Å³ may as well be EUC-KR.
  const before = (isLatin1(run[i]!) ? run[i - 1]?.decoded : null) ?? text[start - 1]
  const after = (isLatin1(run[i]!) ? run[i + 1]?.decoded : null) ?? text[end]
  const [isLowerAfter, isLowerBefore] = [isKind(LOWER, after), isKind(LOWER, before)]
  if (misread.endsWith('\u00a0')) {
    return isA && (isLowerAfter || isLowerBefore || (after === ' ' && isKind(LOWER, text[end + 1])))
  }
  if (LOWER.test(decoded)) {
    if (!isLatin1(run[i]!) && FOLLOWS_A_WORD.test(misread.slice(1))) return isLowerAfter && isLowerBefore
    return isLowerAfter || isLowerBefore
  }
  const [isUpperAfter, isUpperBefore] = [isKind(UPPER, after), isKind(UPPER, before)]
  if (CLOSES_A_WORD.test(misread.slice(1))) return isUpperAfter && isUpperBefore
  return isUpperAfter || isUpperBefore || (isLowerAfter && !isLowerBefore)
}

/** γ in the midst of a code: IL2RÎ³cKO. */
function isGreekInCode(text: string, { script, start, end, hasSign }: Sequence): boolean {
  if (script !== 'script greek' || !hasSign || !/[ÎÏ]/.test(text[start]!)) return false
  return isKind(LETTER_OR_DIGIT, text[start - 1]) && isKind(LETTER_OR_DIGIT, text[end])
}

function isKind(kind: RegExp, character: string | undefined): boolean {
  return character !== undefined && kind.test(character)
}
