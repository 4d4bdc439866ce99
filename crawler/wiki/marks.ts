/**
 * Notes that the passes over a wikitext leave each other inside the text. They are noncharacters (Unicode 23.7), which
 * no text may hold for others, so they cannot be mistaken for content; old Hangul lies in the private use areas.
 */

export const MARK = {
  /** Something without readable text stood here: a footnote, a category. */
  dropped: '\ufdd0',
  /** Around the guess at what a template nobody knows would show. */
  guess: '\ufdd1',
  guessEnd: '\ufdd2',
  caption: '\ufdd3',
  captionEnd: '\ufdd4',
  /** Begins a line that is a code block; its own line ends are protected. */
  code: '\ufdd5',
  quote: '\ufdd6',
  quoteEnd: '\ufdd7',
  lineBreak: '\ufdd8',
  /** On both sides of <code>. */
  inlineCode: '\ufdd9',
} as const

/** What means something to a later pass, and the noncharacters that stand for it meanwhile. */
const MARKUP = "'<>|*#:;=!&{}[]-_~\n "
const FIRST_STAND_IN = 0xfdda

const standIns = new Map(
  Array.from(MARKUP, (character, index) => [character, String.fromCharCode(FIRST_STAND_IN + index)]),
)
const characters = new Map(Array.from(standIns, ([character, standIn]) => [standIn, character]))

/** The text without any mark: only for what comes from outside. */
export function withoutMarks(text: string): string {
  return text.replace(/[\ufdd0-\ufdef]/g, '')
}

/** Keeps the later passes from reading markup or entities into `text`. */
export function protect(text: string): string {
  return text.replace(/['<>|*#:;=!&{}[\]\-_~\n ]/g, (character) => standIns.get(character) ?? character)
}

export function restore(text: string): string {
  return text.replace(/[\ufdda-\ufdef]/g, (standIn) => characters.get(standIn) ?? '')
}
