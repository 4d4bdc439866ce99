/** A text as it may stand in bytes: in the encodings that Korean pages have, and escaped as JSON. */
import iconv from 'iconv-lite'

export interface Needle {
  /** Whether the bytes hold the text in some form. */
  isIn(bytes: Uint8Array): boolean
  /** Bytes of its shortest form: what is shorter cannot hold it. */
  readonly leastBytes: number
}

const ENCODINGS = ['utf8', 'utf16le', 'utf16be', 'cp949'] as const

/** @throws Error for a text so short that it could be found by chance */
export function createNeedle(text: string): Needle {
  if ([...text].length < 10) throw new Error(`"${text}" is too short to look for`)
  const escaped = text.replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const forms = [...ENCODINGS.map((encoding) => iconv.encode(text, encoding)), Buffer.from(escaped)]
  return {
    leastBytes: Math.min(...forms.map(({ length }) => length)),
    isIn(bytes) {
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      return forms.some((form) => whole.includes(form))
    },
  }
}
