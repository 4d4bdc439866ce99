/** Digests of structured values: canonical JSON, and fields that are length-prefixed so that none can run into the next. */
import { createHash } from 'node:crypto'
import type { Digest } from './contract.ts'

/** JSON of plain data with object keys sorted by code unit and no white space: one text for one value. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
    return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(',')}}`
  }
  return JSON.stringify(value) ?? 'null'
}

/** SHA-256 over the fields, each preceded by its length in UTF-8 bytes. */
export function digestOf(...fields: readonly string[]): Digest {
  const hash = createHash('sha256')
  for (const field of fields) hash.update(`${Buffer.byteLength(field)}:`).update(field)
  return hash.digest('hex')
}

export function sha256(content: string | Uint8Array): Digest {
  return createHash('sha256').update(content).digest('hex')
}
