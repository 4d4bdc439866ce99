/** An export as a whole: files of documents, card, Croissant and manifest in one folder that appears whole or not at all. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ExportedDocument } from '../pipeline/contract.ts'
import { type CardFacts, cardText } from './card.ts'
import { croissantText, type Described } from './croissant.ts'
import { replaceFolder } from './folder.ts'
import type { Format } from './formats.ts'
import { checkReplaceable, MANIFEST, type Manifest, manifestDigest, manifestText } from './manifest.ts'
import { describeFile, type WrittenFile, writeShards } from './shards.ts'
import { createCounter } from './tally.ts'

export interface ExportRequest {
  /** Absolute. */
  readonly path: string
  readonly dataset: string
  /** `news@7`, and the digest of that version. */
  readonly version: string
  readonly digest: string
  /** `YYYY-MM-DD`: the last night whose crawls it holds. */
  readonly lastNight: string
  readonly format: Format
  /** UTF-8 bytes of text after which a file ends. */
  readonly shardBytes: number
  readonly croissant: boolean
  /** What the card tells; null where none is wanted. */
  readonly facts: CardFacts | null
  /** Sorted by source and url. */
  readonly documents: AsyncIterable<ExportedDocument>
  /** Called when everything is written and synced, before it takes its place. */
  readonly commit: (written: WrittenExport) => Promise<void>
}

export interface WrittenExport extends Manifest {
  /** Digest of manifest.json. */
  readonly manifest: string
}

/**
 * Writes an export. Memory holds a few documents, of Parquet one row group.
 * @throws UsageError where something else stands at `path`, FailedError where the file system refuses
 */
export async function writeExport(request: ExportRequest): Promise<WrittenExport> {
  const { path, dataset, version, digest, lastNight, format } = request
  await checkReplaceable(path, dataset)
  return replaceFolder(
    path,
    async (folder) => {
      const counter = createCounter()
      const files = await writeShards(folder, format, request.shardBytes, counted(request.documents, counter.add))
      const tally = counter.result()
      const described: Described = { dataset, version, digest, lastNight, format, files, tally }
      const texts = [
        ...(request.facts === null ? [] : [['README.md', cardText(described, request.facts)] as const]),
        ...(request.croissant ? [['croissant.json', croissantText(described)] as const] : []),
      ]
      const about: WrittenFile[] = []
      for (const [name, text] of texts) {
        await writeFile(join(folder, name), text)
        about.push(await describeFile(folder, name))
      }
      const { documents, bytes: textBytes, shares } = tally
      const manifest: Manifest = { version, digest, format, documents, textBytes, shares, files, about }
      const text = manifestText(manifest)
      await writeFile(join(folder, MANIFEST), text)
      return { ...manifest, manifest: manifestDigest(text) }
    },
    request.commit,
  )
}

async function* counted(
  documents: AsyncIterable<ExportedDocument>,
  count: (document: ExportedDocument) => void,
): AsyncGenerator<ExportedDocument> {
  for await (const document of documents) {
    count(document)
    yield document
  }
}
