/**
 * Cuts text into segments that no piece can span: at every space (which becomes U+2581 and opens a segment) and
 * between characters of classes that never share a piece. What the classes are, the caller says: scripts while
 * training, the pieces' own characters while encoding.
 */

/** May stand beside any class in one piece. */
export const JOINS = 1
/** Shares a piece with nothing: a segment by itself. */
export const ALONE = 2
/** Classes from here on share pieces with themselves and with JOINS. */
export const FIRST_CLASS = 3

const SPACE = 0x20
/** U+2581, SentencePiece's stand-in for a space. */
export const SPACE_MARK_CODE = 0x2581

/** `units[0..length)` is the segment in UTF-16; the buffer is reused after the call. */
export type SegmentVisitor = (units: Uint16Array, length: number) => void

/**
 * A function that visits the segments of a text in order. Lone surrogates count as U+FFFD, as they do in UTF-8.
 * `classify` is asked once per code point and must answer 1 to 255.
 */
export function createSegmenter(
  classify: (codePoint: number) => number,
): (text: string, visit: SegmentVisitor) => void {
  const classes = new Uint8Array(0x110000)
  let units = new Uint16Array(64)

  return (given, visit) => {
    const text = given.isWellFormed() ? given : given.toWellFormed()
    let length = 0
    let previous = JOINS
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit === SPACE || unit === SPACE_MARK_CODE) {
        if (length > 0) visit(units, length)
        units[0] = SPACE_MARK_CODE
        length = 1
        previous = JOINS
        continue
      }
      const paired = (unit & 0xfc00) === 0xd800
      const low = paired ? text.charCodeAt(++at) : 0
      const codePoint = paired ? (unit - 0xd800) * 0x400 + (low - 0xdc00) + 0x10000 : unit
      let kind = classes[codePoint]!
      if (kind === 0) {
        kind = classify(codePoint)
        classes[codePoint] = kind
      }
      const cut = kind === ALONE || previous === ALONE || (kind !== previous && kind !== JOINS && previous !== JOINS)
      if (cut && length > 0) {
        visit(units, length)
        length = 0
      }
      if (length + 2 > units.length) {
        const grown = new Uint16Array(units.length * 2)
        grown.set(units)
        units = grown
      }
      units[length++] = unit
      if (paired) units[length++] = low
      previous = kind
    }
    if (length > 0) visit(units, length)
  }
}
