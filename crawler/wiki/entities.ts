/** Character references of HTML (`&hellip;`, `&#44032;`) to their characters, in text that is not HTML itself. */
import { scanMarkup } from '../markup.ts'

/** The scanner is used for its entities alone: a tag has to look like none. */
const NO_TAG = '\ufdef'

/** Unknown names stay as they are, and so does `<`. Linear in the text's length. */
export function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  let decoded = ''
  scanMarkup(text.replaceAll('<', NO_TAG), {
    open: () => {},
    text: (part) => {
      decoded += part
    },
  })
  return decoded.replaceAll(NO_TAG, '<')
}
