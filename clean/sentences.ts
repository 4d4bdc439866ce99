/**
 * Where sentences end in Korean text: at a full stop, a question or exclamation mark or an ellipsis, also inside closing
 * quotes and brackets; and, at the end of a line, at a final ending where people leave the full stop out.
 */

const CLOSERS = new Set('"\'”’」』》〉)）]】〕}>')
const STOPS = new Set('.!?…。．！？‥｡')
/** Final endings as their last syllable: -다 -요 -죠 -까 -네, the nominal -함 -됨, and ㅋ ㅎ ㅠ ㅜ of chat. */
const ENDINGS = new Set('다요죠까네함됨ㅋㅎㅠㅜ')
/** Nouns of menus and headings that end like them: 개요 필요 주요, 동네, 바다, 포함. */
const NOUNS = new Set(['개요', '필요', '중요', '수요', '주요', '소요', '동요', '동네', '바다', '포함', '명함', '결함'])
/** -음 ends a sentence behind these finals (있음, 없음, 많음, 같음, 좋음); 다음, 마음, 웃음 are nouns. */
const FINALS_BEFORE_NOMINAL = new Set(Array.from('있없많같좋', finalOf))
const SENTENCE_STOP = /[.!?…。．！？‥｡](?=[ "'”’」』》〉)）\]】〕}>]|$)/g
const STOP_INSIDE = /[다요죠까네오지라자함됨임음][.!?…。]/

/** Whether a line (without spaces at its end) ends a sentence. */
export function endsSentence(line: string): boolean {
  const at = lastBeforeClosers(line)
  const last = line[at]
  if (last === undefined) return false
  if (STOPS.has(last)) return true
  if (last === '음') return at > 0 && FINALS_BEFORE_NOMINAL.has(finalOf(line[at - 1]!))
  return ENDINGS.has(last) && !NOUNS.has(line.slice(at - 1, at + 1))
}

/** The number of a syllable's final consonant (Unicode 3.12). */
function finalOf(syllable: string): number {
  return (syllable.charCodeAt(0) - 0xac00) % 28
}

/** Whether a sentence ends in a line, at its end or before: a stop behind a Hangul ending, so no number of an item. */
export function hasSentenceEnd(line: string): boolean {
  return endsSentence(line) || STOP_INSIDE.test(line)
}

/** Whether a line ends in an ellipsis: … or three points or more. */
export function endsInEllipsis(line: string): boolean {
  const last = lastBeforeClosers(line)
  return line[last] === '…' || (last >= 2 && line.startsWith('...', last - 2))
}

/** Sentences of a line: its stops before a space, a closing mark or its end; at least one where it ends as a sentence. */
export function countSentences(line: string): number {
  let count = 0
  for (const _ of line.matchAll(SENTENCE_STOP)) count++
  return count === 0 && endsSentence(line) ? 1 : count
}

function lastBeforeClosers(line: string): number {
  let last = line.length - 1
  while (last >= 0 && (CLOSERS.has(line[last]!) || line[last] === ' ')) last--
  return last
}
