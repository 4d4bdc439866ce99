import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import fc from 'fast-check'
import { FailedError } from '../../pipeline/contract.ts'
import { type Objects, openObjects } from '../../store/objects.ts'

let folder = ''
let objects: Objects
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malmoi-objects-'))
  objects = openObjects(folder)
})
afterEach(() => rm(folder, { recursive: true }))

const linesOf = (digest: string) => Array.fromAsync(objects.lines(digest))
const bytesOf = async (digest: string) => String(Buffer.concat(await Array.fromAsync(objects.bytes(digest))))
const sha256 = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')

test('an object that was taken down is read as its replacement, by the name that it always had', async () => {
  const { digest: old } = await objects.putLines(['남는 글', '내릴 글'])
  const { digest: next } = await objects.putLines(['남는 글', ''])
  await objects.redact(old, next, 7)
  assert.deepEqual(await linesOf(old), ['남는 글', ''])
  assert.equal(await objects.text(old), '남는 글\n')
  assert.equal(await bytesOf(old), '남는 글\n\n')
  assert.equal(await objects.has(old), true)
  assert.equal(objects.resolve(old), next)
  assert.equal(objects.path(old, 'zst'), objects.path(next, 'zst'))
  const there = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes(old))
  assert.deepEqual(there, [join(old.slice(0, 2), `${old}.redacted`)])
  assert.deepEqual(JSON.parse(readFileSync(join(folder, there[0] ?? ''), 'utf8')), { replacement: next, takedown: 7 })
})

test('a raw object is verified by the digest of what replaces it', async () => {
  const { digest: old } = await objects.put([Buffer.from('옛 토큰')], 'raw')
  const { digest: next } = await objects.put([Buffer.from('새 토큰')], 'raw')
  assert.deepEqual(objects.file(old), { path: objects.path(old, 'raw'), sha256: old })
  await objects.redact(old, next, 1)
  assert.equal(objects.file(old).sha256, next)
  assert.equal(sha256(objects.file(old).path), next)
})

test('replacements of replacements are followed, whatever the order they are read in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 6 }), async (texts) => {
      const store = openObjects(await mkdtemp(join(folder, 'chain-')))
      const stored = []
      for (const text of texts) stored.push((await store.put([Buffer.from(text)], 'raw')).digest)
      for (const [index, digest] of stored.slice(1).entries()) await store.redact(stored[index] ?? '', digest, index)
      const last = stored.at(-1)
      assert.ok(stored.every((digest) => store.resolve(digest) === last))
    }),
    { numRuns: 10 },
  )
})

test('what was taken down does not come back by being stored again', async () => {
  const { digest: old } = await objects.putLines(['내릴 글'])
  const { digest: next } = await objects.putLines([''])
  await objects.redact(old, next, 1)
  assert.equal((await objects.putLines(['내릴 글'])).digest, old)
  const file = join(folder, 'finished')
  await writeFile(file, '내릴 글\n')
  assert.equal((await objects.adopt(file)).digest, old)
  assert.deepEqual(await linesOf(old), [''])
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  assert.deepEqual(
    files.filter((name) => name === 'finished' || name.endsWith(old) || name.endsWith(`${old}.zst`)),
    [],
  )
  assert.deepEqual(readdirSync(join(folder, 'tmp')), [])
})

test('a redaction that was cut at any moment is finished by doing it again', async () => {
  const { digest: old } = await objects.putLines(['내릴 글'])
  const { digest: next } = await objects.putLines([''])
  const bytes = readFileSync(objects.path(old, 'zst'))
  const own = objects.path(old, 'zst')
  await objects.redact(old, next, 1)
  // Killed between the pointer and the removal: the bytes are still there, and nobody reads them.
  writeFileSync(own, bytes)
  assert.deepEqual(await linesOf(old), [''])
  await objects.redact(old, next, 1)
  assert.equal(existsSync(own), false)
  await objects.redact(old, next, 1)
  assert.deepEqual(await linesOf(old), [''])
})

test('an object is not given up for one that is missing, for another, or for itself', async () => {
  const [old, next, other] = await Promise.all(['하나', '둘', '셋'].map((text) => objects.putLines([text])))
  const digests = [old?.digest ?? '', next?.digest ?? '', other?.digest ?? ''] as const
  await assert.rejects(objects.redact(digests[0], 'f'.repeat(64), 1), /ffffffffffff is missing/)
  await objects.redact(digests[0], digests[0], 1)
  assert.deepEqual(await linesOf(digests[0]), ['하나'])
  await objects.redact(digests[0], digests[1], 1)
  await assert.rejects(
    objects.redact(digests[0], digests[2], 2),
    (error) => error instanceof FailedError && /was replaced by .* already/.test(error.message),
  )
  await assert.rejects(objects.redact(digests[1], digests[0], 2), /what it replaces/)
  assert.deepEqual(await linesOf(digests[0]), ['둘'])
})

test('a damaged note of a replacement is named, never read past', async () => {
  const { digest: old } = await objects.putLines(['내릴 글'])
  const { digest: next } = await objects.putLines([''])
  await objects.redact(old, next, 1)
  const pointer = join(dirname(join(folder, old.slice(0, 2), old)), `${old}.redacted`)
  writeFileSync(pointer, '{"replacement":')
  assert.throws(() => objects.path(old, 'zst'), /\.redacted is damaged/)
})

test('an object that is removed is gone, and removing it again is nothing', async () => {
  const { digest } = await objects.putLines(['쓰이지 않는 것'])
  await objects.remove(digest)
  assert.equal(await objects.has(digest), false)
  await objects.remove(digest)
})
