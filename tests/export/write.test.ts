/** An export on disk: cut into files without loss, whole or not there, whatever happens while it is written. */
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import type { Format } from '../../export/formats.ts'
import { writeExport } from '../../export/write.ts'
import { type ExportedDocument, FailedError } from '../../pipeline/contract.ts'
import { exportedDocuments, exportRequest, streamed } from '../support/exporting.ts'

const FORMATS: readonly Format[] = ['parquet', 'jsonl', 'dolma']
const documents = exportedDocuments(60)

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'malmoi-export-'))
  path = join(folder, 'out')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const linesOf = (file: string) => gunzipSync(readFileSync(file)).toString('utf8').split('\n').slice(0, -1)
const filesIn = (place: string) => readdirSync(place).toSorted()

async function* failing(count: number): AsyncGenerator<ExportedDocument> {
  yield* streamed(documents.slice(0, count))
  throw new Error('the database went away')
}

test('however small or large its files may be, they hold every document once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 8_000 }), async (count, shardBytes) => {
      const some = documents.slice(0, count)
      const { files } = await writeExport(exportRequest(path, some, { format: 'jsonl', shardBytes }))
      const rows = files.map((file) => linesOf(join(path, file.path)))
      assert.deepEqual(
        rows.flat().map((line): unknown => JSON.parse(line)),
        some.map((document) => ({ ...document })),
      )
      assert.deepEqual(
        rows.map((lines) => lines.length),
        files.map((file) => file.documents),
      )
      for (const { textBytes } of files.slice(0, -1)) assert.ok(textBytes >= shardBytes)
      assert.deepEqual(
        filesIn(join(path, 'data')),
        files.map((file) => file.path.slice('data/'.length)),
      )
    }),
    { numRuns: 25 },
  )
})

test('Parquet holds what the lines hold, dates as dates', async () => {
  const { files } = await writeExport(exportRequest(path, documents))
  const rows = await Promise.all(
    files.map(({ path: name }) => {
      const bytes = readFileSync(join(path, name))
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
      return parquetReadObjects({ file, compressors: { ZSTD: (input) => zstdDecompressSync(input) } })
    }),
  )
  const day = (value: unknown) => (value instanceof Date ? value.toISOString().slice(0, 10) : value)
  assert.deepEqual(
    rows.flat().map((row) => ({ ...row, day: day(row.day), night: day(row.night) })),
    documents.map((document) => ({ ...document })),
  )
})

test("Dolma's lines have its six fields, and times in UTC", async () => {
  const { files } = await writeExport(exportRequest(path, documents, { format: 'dolma' }))
  const rows = files
    .flatMap((file) => linesOf(join(path, file.path)))
    .map((line): Record<string, unknown> => JSON.parse(line))
  assert.deepEqual(Object.keys(rows[0] ?? {}), ['id', 'text', 'source', 'added', 'created', 'metadata'])
  assert.deepEqual([rows[0]?.added, rows[0]?.created], ['2026-11-01T00:00:00.000Z', '2024-05-01T03:00:00.000Z'])
  assert.deepEqual(
    rows.map(({ id, text, source }) => ({ id, text, source })),
    documents.map(({ url: id, text, source }) => ({ id, text, source })),
  )
})

test('the manifest names every file with its digest, and nothing else is there', async () => {
  const { files, about } = await writeExport(exportRequest(path, documents))
  const listed = [...files, ...about].map((file) => file.path)
  const there = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.'))
  assert.deepEqual(there.toSorted(), [...listed, 'manifest.json'].toSorted())
  const sums = execFileSync('sha256sum', listed, { cwd: path, encoding: 'utf8' }).trim().split('\n')
  assert.deepEqual(
    sums,
    [...files, ...about].map(({ sha256, path: name }) => `${sha256}  ${name}`),
  )
})

test('what fails on its way leaves what was there, and nothing beside it', async () => {
  for (const format of FORMATS) {
    const before = await writeExport(exportRequest(path, documents.slice(0, 5), { format }))
    const manifest = readFileSync(join(path, 'manifest.json'))
    const broken = exportRequest(path, [], { format, documents: failing(40) })
    await assert.rejects(writeExport(broken), /the database went away/)
    const uncommitted = exportRequest(path, documents, {
      ...{ format, commit: () => Promise.reject(new Error('not on record')) },
    })
    await assert.rejects(writeExport(uncommitted), /not on record/)
    assert.deepEqual(filesIn(folder), ['out'])
    assert.deepEqual(readFileSync(join(path, 'manifest.json')), manifest)
    assert.equal(before.documents, 5)
  }
})

/** Whether a small file system can be mounted here; says so where not. */
function mounted(place: string, size: string): string | null {
  mkdirSync(place)
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', place], { stdio: 'pipe' })
    return null
  } catch (error) {
    return `no file system can be mounted here: ${error instanceof Error ? error.message.trim() : error}`
  }
}

test('a full disk is said in words, and nothing half-written is left', async (context) => {
  const disk = join(folder, 'disk')
  const refused = mounted(disk, '96k')
  if (refused !== null) {
    context.skip(refused)
    return
  }
  try {
    const out = join(disk, 'out')
    const first = await writeExport(exportRequest(out, documents.slice(0, 3)))
    // The digests of revisions do not compress.
    const many = exportedDocuments(4_000).map((document, at) => ({
      ...document,
      revision: Buffer.from(String(Math.sin(at) * 1e15).repeat(4))
        .toString('hex')
        .slice(0, 64),
    }))
    for (const format of FORMATS) {
      await assert.rejects(writeExport(exportRequest(out, many, { format, shardBytes: 1e9 })), (error) => {
        assert.ok(error instanceof FailedError)
        assert.match(error.message, /out was not written: the disk is full \(ENOSPC\)/)
        assert.match(error.remedy ?? '', /make room, or choose a folder on another disk/)
        return true
      })
      assert.deepEqual(filesIn(disk), ['out'])
    }
    assert.equal((await writeExport(exportRequest(out, documents.slice(0, 3)))).manifest, first.manifest)
  } finally {
    execFileSync('umount', [disk])
  }
})

test('a process that was killed leaves nothing that the next one does not clear away', async () => {
  const script = join(folder, 'slow.ts')
  const support = fileURLToPath(new URL('../support/exporting.ts', import.meta.url))
  const write = fileURLToPath(new URL('../../export/write.ts', import.meta.url))
  writeFileSync(
    script,
    `import { exportedDocuments, exportRequest } from ${JSON.stringify(support)}
import { writeExport } from ${JSON.stringify(write)}
async function* endless() {
  for (;;) yield* exportedDocuments(20)
}
await writeExport({ ...exportRequest(${JSON.stringify(path)}, []), documents: endless(), format: 'jsonl', shardBytes: 10_000 })`,
  )
  const child = spawn(process.execPath, [script], { stdio: 'ignore' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const draft = join(folder, `out.tmp-${child.pid}`, 'data')
  while (!existsSync(draft) || readdirSync(draft).length < 3) await setTimeout(20)
  child.kill('SIGKILL')
  await ended
  assert.deepEqual(filesIn(folder), [`out.tmp-${child.pid}`, 'slow.ts'])
  await writeExport(exportRequest(path, documents))
  assert.deepEqual(filesIn(folder), ['out', 'slow.ts'])
})

test('an export that was moved aside by a process that died then is put back', async () => {
  const { manifest } = await writeExport(exportRequest(path, documents))
  const dead = spawn('true')
  await new Promise((resolve) => dead.once('exit', resolve))
  renameSync(path, join(folder, `out.old-${dead.pid}`))
  await assert.rejects(writeExport(exportRequest(path, [], { documents: failing(3) })), /went away/)
  assert.deepEqual(filesIn(folder), ['out'])
  assert.equal((await writeExport(exportRequest(path, documents))).manifest, manifest)
})
