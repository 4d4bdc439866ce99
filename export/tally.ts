/** What an export was found to hold, counted while it was written: of sources, licences, languages, and what is missing. */
import type { ExportedDocument } from '../pipeline/contract.ts'

export interface Share {
  readonly source: string
  readonly licence: string
  readonly documents: number
  /** UTF-8 bytes of the texts. */
  readonly bytes: number
}

export interface Tally {
  readonly documents: number
  readonly bytes: number
  /** By source and licence, sorted. */
  readonly shares: readonly Share[]
  /** By language, the most frequent first; null where none was told. */
  readonly languages: readonly { readonly lang: string | null; readonly documents: number }[]
  /** Documents that state no date of publication. */
  readonly undated: number
}

export interface Counter {
  add(document: ExportedDocument): void
  result(): Tally
}

export function createCounter(): Counter {
  const shares = new Map<string, { source: string; licence: string; documents: number; bytes: number }>()
  const languages = new Map<string | null, number>()
  let undated = 0
  return {
    add({ source, licence, lang, published, text }) {
      const key = JSON.stringify([source, licence])
      const share = shares.get(key) ?? { source, licence, documents: 0, bytes: 0 }
      shares.set(key, share)
      share.documents++
      share.bytes += Buffer.byteLength(text)
      languages.set(lang, (languages.get(lang) ?? 0) + 1)
      if (published === null) undated++
    },
    result() {
      const sorted = [...shares].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, share]) => share)
      return {
        documents: sorted.reduce((sum, { documents }) => sum + documents, 0),
        bytes: sorted.reduce((sum, { bytes }) => sum + bytes, 0),
        shares: sorted,
        languages: [...languages]
          .map(([lang, documents]) => ({ lang, documents }))
          .toSorted((a, b) => b.documents - a.documents || ((a.lang ?? '') < (b.lang ?? '') ? -1 : 1)),
        undated,
      }
    },
  }
}

/** Names once, in their order. */
export function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].toSorted()
}
