/**
 * Feeds that carry what is taken down: they are no documents, but their records hold whole articles. A record that shares
 * a passage with one of the texts goes; what a feed listed was read when it came, and nobody reads it again.
 */
import { decodeBody } from '../../crawler/decode.ts'
import { payloadOf } from '../../crawler/warc/record.ts'
import { isTakedown } from '../../crawler/warc/takedown.ts'
import { decodeEntities } from '../../crawler/wiki/entities.ts'
import { openBatchRecords } from '../../store/captures.ts'
import { namesOf } from '../../store/takedown/find.ts'
import { type ListingRecord, listingRecords } from '../../store/takedown/listings.ts'
import type { Places } from '../../store/takedown/request.ts'
import type { RevisionLine } from '../contract.ts'
import { readLines } from '../stages/lines.ts'
import type { RemoveDeps } from './remove.ts'

/** Letters and digits of a piece, and from one piece to the next: what shares 47 in a row shares a piece. */
const PIECE = 32
const STEP = 16

/** The records of listings, in the sources of the documents, that share a passage with one of them. */
export async function listingsWith(
  deps: Pick<RemoveDeps, 'connection' | 'objects' | 'folder'>,
  documents: readonly number[],
  artifacts: Places['artifacts'],
): Promise<readonly ListingRecord[]> {
  const { db } = deps.connection
  const listings = await listingRecords(db, documents)
  if (listings.length === 0) return []
  const pieces = await piecesOf(deps, documents, artifacts)
  const found: ListingRecord[] = []
  for (const [batch, ofBatch] of Map.groupBy(listings, (listing) => listing.batch_id)) {
    const records = await openBatchRecords(db, deps.folder, batch)
    try {
      for (const listing of ofBatch) {
        const member = await records.read(listing)
        if (!isTakedown(member) && hasPiece(await wordsOf(member), pieces)) found.push(listing)
      }
    } finally {
      await records.close()
    }
  }
  return found
}

/** The places with those of the listings. */
export function withListings(places: Places, listings: readonly ListingRecord[]): Places {
  const records = new Map(places.warc.map(({ file, records: ranges }) => [file, [...ranges]]))
  for (const { file, warc_offset, warc_length } of listings) {
    const ranges = records.get(file) ?? []
    ranges.push([warc_offset, warc_length])
    records.set(file, ranges)
  }
  const warc = [...records].map(([file, ranges]) => ({ file, records: ranges.toSorted(([a], [b]) => a - b) }))
  return {
    ...places,
    warc: warc.toSorted((a, b) => (a.file < b.file ? -1 : 1)),
    listings: listings.map(({ source, url, night }) => ({ source, url, night })),
  }
}

async function piecesOf(
  { connection, objects }: Pick<RemoveDeps, 'connection' | 'objects'>,
  documents: readonly number[],
  artifacts: Places['artifacts'],
): Promise<ReadonlySet<string>> {
  const keys = new Set((await namesOf(connection.db, documents)).map(({ key }) => key))
  const pieces = new Set<string>()
  for (const { stage, digest } of artifacts) {
    if (stage !== 'extract') continue
    for await (const { key, text } of readLines<RevisionLine>(objects, digest)) {
      if (!keys.has(key)) continue
      const letters = lettersOf(text)
      for (let at = 0; at + PIECE <= letters.length; at += STEP) pieces.add(letters.slice(at, at + PIECE))
    }
  }
  return pieces
}

function hasPiece(letters: string, pieces: ReadonlySet<string>): boolean {
  for (let at = 0; at + PIECE <= letters.length; at++) if (pieces.has(letters.slice(at, at + PIECE))) return true
  return false
}

/** The letters of a listing's payload. Of a feed the markup of its articles is escaped once more. */
async function wordsOf(member: Uint8Array): Promise<string> {
  const { payload, contentType } = await payloadOf(member)
  const { text } = decodeBody(payload, contentType)
  return lettersOf(withoutMarkup(withoutMarkup(text)))
}

function withoutMarkup(text: string): string {
  return decodeEntities(text.replaceAll(/<!\[CDATA\[|\]\]>/g, '').replaceAll(/<[^<>]*>/g, ' '))
}

function lettersOf(text: string): string {
  return text.normalize('NFC').replaceAll(/[^\p{L}\p{N}]/gu, '')
}
