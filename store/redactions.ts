/**
 * What stands in the place of objects that were taken down: a small file beside each, `<digest>.redacted`, that names its
 * replacement. It is durable before the bytes go, so whatever is killed in between is finished by doing it again.
 */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Digest, FailedError } from '../pipeline/contract.ts'
import { place } from './durable.ts'
import { codeOf } from './error-code.ts'

export interface Redaction {
  readonly replacement: Digest
  /** The number of the takedown that it was made for. */
  readonly takedown: number
}

interface Redactions {
  /** The digest at the end of an object's replacements: its own where it has none. */
  resolve(digest: Digest): Digest
  /** Makes a replacement durable. @throws FailedError where another one is on record */
  record(digest: Digest, redaction: Redaction): Promise<void>
}

export function createRedactions(folder: string): Redactions {
  const pointer = (digest: Digest) => join(folder, digest.slice(0, 2), `${digest}.redacted`)

  function replacementOf(digest: Digest): Digest | null {
    const text = readIfThere(pointer(digest))
    return text === null ? null : parse(text, pointer(digest)).replacement
  }

  function resolve(digest: Digest): Digest {
    const seen = new Set([digest])
    let last = digest
    for (let next = replacementOf(last); next !== null; next = replacementOf(last)) {
      if (seen.has(next))
        throw new FailedError(`the replacements of object ${digest.slice(0, 12)} lead in a circle`, RESTORE)
      seen.add(next)
      last = next
    }
    return last
  }

  return {
    resolve,
    async record(digest, redaction) {
      const known = replacementOf(digest)
      if (known === redaction.replacement) return
      if (known !== null) {
        throw new FailedError(
          `object ${digest.slice(0, 12)} was replaced by ${known.slice(0, 12)} already, not by ${redaction.replacement.slice(0, 12)}`,
          'redact what stands in its place',
        )
      }
      if (resolve(redaction.replacement) === digest)
        throw new FailedError(`object ${digest.slice(0, 12)} cannot be replaced by what it replaces`)
      const temporary = join(folder, 'tmp', randomUUID())
      await mkdir(dirname(temporary), { recursive: true })
      await writeFile(temporary, `${JSON.stringify(redaction)}\n`, { flush: true })
      await place(temporary, pointer(digest))
    },
  }
}

const RESTORE = 'restore the `objects` folder from a backup'

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null
    throw error
  }
}

function parse(text: string, path: string): Redaction {
  const found = /^\{"replacement":"([0-9a-f]{64})","takedown":(\d+)\}\n$/.exec(text)
  if (!found?.[1]) throw new FailedError(`${path} is damaged`, RESTORE)
  return { replacement: found[1], takedown: Number(found[2]) }
}
