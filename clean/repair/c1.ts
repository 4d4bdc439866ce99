/** C1 controls are CP1252 read as Latin-1, for no text is written with them (the HTML Standard reads them so too). */

/** Between two letters or signs of Latin-1 and its like it is a byte of something that could not be undone. */
const C1 = /[\x80-\x9f](?![\xa1-\u024f])|(?<![\xa1-\u024f])[\x80-\x9f]/g
/** Bytes 80–9f of CP1252; the five it leaves undefined stand for themselves. */
const CP1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

export function cp1252(text: string): string {
  return text.replace(C1, (control) => CP1252[control.charCodeAt(0) - 0x80]!)
}
