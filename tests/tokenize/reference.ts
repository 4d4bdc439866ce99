/** SentencePiece itself (sentencepiece-js, its WebAssembly build), as the reference our encoder is held against. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Reference {
  encodeIds(text: string): number[]
  decodeIds(ids: number[]): string
}

interface Processor extends Reference {
  load(path: string): Promise<void>
}

/** The package has no types of its own. */
interface Package {
  readonly SentencePieceProcessor: new () => Processor
}

function isPackage(module: unknown): module is Package {
  return typeof module === 'object' && module !== null && 'SentencePieceProcessor' in module
}

export async function loadReference(model: Uint8Array): Promise<Reference> {
  const module: unknown = createRequire(import.meta.url)('sentencepiece-js')
  if (!isPackage(module)) throw new TypeError('sentencepiece-js has no SentencePieceProcessor')
  const directory = mkdtempSync(join(tmpdir(), 'malmoi-reference-'))
  try {
    const path = join(directory, 'reference.model')
    writeFileSync(path, model)
    const processor = new module.SentencePieceProcessor()
    await processor.load(path)
    return processor
  } finally {
    rmSync(directory, { recursive: true })
  }
}
