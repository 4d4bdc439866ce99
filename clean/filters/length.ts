/** How long a text is. Too short to be a document, or too long to be one. */

/** Characters (code points) of a text. */
export function characters(text: string): number {
  let count = text.length
  for (let i = 0; i < text.length; i++) {
    // A well-formed text: every high surrogate is half of a character.
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800) count--
  }
  return count
}
