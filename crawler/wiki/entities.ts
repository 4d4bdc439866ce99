/** Character references of HTML (`&hellip;`, `&#44032;`) to their characters, in text that is not HTML itself. */
import { Tokenizer } from 'htmlparser2'

/** The tokenizer is used for its entities alone: a tag has to look like none. */
const NO_TAG = '\ufdef'

/** Unknown names stay as they are, and so does `<`. Linear in the text's length. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  const masked = text.replaceAll('<', NO_TAG)
  let decoded = ''
  const append = (from: number, to: number): void => {
    decoded += masked.slice(from, to)
  }
  const ignore = (): void => {}
  const tokenizer = new Tokenizer(
    { decodeEntities: true },
    {
      ontext: append,
      ontextentity(point) {
        decoded += String.fromCodePoint(point)
      },
      onattribdata: ignore,
      onattribentity: ignore,
      onattribend: ignore,
      onattribname: ignore,
      oncdata: ignore,
      onclosetag: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onopentagend: ignore,
      onopentagname: ignore,
      onprocessinginstruction: ignore,
      onselfclosingtag: ignore,
    },
  )
  tokenizer.write(masked)
  tokenizer.end()
  return decoded.replaceAll(NO_TAG, '<')
}
