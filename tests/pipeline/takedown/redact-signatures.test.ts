import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { KEYS_FROM } from '../../../dedupe/signature.ts'
import type { DeduplicationConfig } from '../../../pipeline/contract.ts'
import { paragraphsAt, readBatches } from '../../../pipeline/stages/dedupe-lines.ts'
import { bytesOf, signDocuments } from '../../../pipeline/stages/signatures.ts'
import { redactSignatures } from '../../../pipeline/takedown/redact-signatures.ts'
import { type Objects, openObjects } from '../../../store/objects.ts'
import { prose } from '../../support/prose.ts'

const deduplication: DeduplicationConfig = {
  ...{ shingle: 5, leastShingles: 10, bands: 8, rows: 2, perMille: 800 },
  paragraphs: { leastLetters: 10, leastRemaining: 20 },
}
const digest = (seed: number) => String(seed).padStart(64, '0')

/** The signatures of five documents, of which `gone` have no text. */
async function signaturesOf(objects: Objects, gone: readonly number[]) {
  const { lines, words } = signDocuments({
    deduplication,
    lines: [1, 2, 3, 4, 5].map((seed) => {
      const named = { key: String(seed), revision: digest(seed) }
      const body = [prose(seed, seed + 2), prose(seed + 10)].join('\n\n')
      return gone.includes(seed)
        ? { ...named, text: null, bytes: 0, body: '' }
        : { ...named, text: digest(seed + 100), bytes: Buffer.byteLength(body), body }
    }),
  })
  const part = await objects.put([bytesOf(words)], 'raw')
  const stored = await objects.putLines([...lines, { words: part.digest }].map((line) => JSON.stringify(line)))
  return { kind: 'signatures', ...stored, meta: {}, parts: [part.digest] }
}

test('what is left of signatures is what the redacted verdicts would give, and the others are read as before', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'malmoi-redact-'))
  try {
    const objects = openObjects(folder)
    const artifact = await signaturesOf(objects, [3])
    const name = { source: 'town', night: '2026-03-01' }
    const read = async () => {
      const [batch] = await readBatches(objects, [artifact], [name], () => {}, deduplication)
      return batch ?? assert.fail()
    }
    const before = await read()
    const redaction = await redactSignatures(objects, artifact.digest, new Set(['1', '3', '4']), deduplication)
    assert.ok(redaction)
    const rebuilt = await signaturesOf(openObjects(join(folder, 'other')), [1, 3, 4])
    assert.deepEqual([redaction.replacement, redaction.words.replacement], [rebuilt.digest, rebuilt.parts[0]])
    assert.deepEqual(redaction.words.digest, artifact.parts[0])
    await objects.redact(redaction.digest, redaction.replacement, 1)
    await rm(objects.path(redaction.words.digest, 'raw'))
    const after = await read()
    assert.deepEqual(after.keys, before.keys)
    const own = (batch: typeof before, place: number) => {
      const at = batch.places[place] ?? 0
      return [batch.words.slice(at, at + KEYS_FROM + deduplication.bands), paragraphsAt(batch, place, deduplication)]
    }
    for (const place of [1, 4]) assert.deepEqual(own(after, place), own(before, place))
    assert.equal(await redactSignatures(objects, artifact.digest, new Set(['1', '3', '4']), deduplication), null)
  } finally {
    await rm(folder, { recursive: true })
  }
})
