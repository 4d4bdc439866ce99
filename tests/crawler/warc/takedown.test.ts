import assert from 'node:assert/strict'
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { WARCParser } from 'warcio'
import { readWarcFile } from '../../../crawler/warc/read.ts'
import { exchangeRecords, payloadOf, readMember, sha256, warcinfo } from '../../../crawler/warc/record.ts'
import { isTakedown, takedownMember } from '../../../crawler/warc/takedown.ts'
import { FailedError } from '../../../pipeline/contract.ts'
import { overwriteMember } from '../../../store/warc-files.ts'

let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'malmoi-takedown-'))
})
after(() => rm(folder, { recursive: true }))

const note = { takedown: 12, date: '2026-03-01T09:00:00Z', place: 'a.warc.gz 700' }
const head = warcinfo({ name: 'malmoi', contact: 'mailto:a@example.org' }, 'a.warc.gz')

/** Bytes that do not compress. */
const noise = (length: number) =>
  Buffer.from(Array.from({ length }, (_, i) => (Math.imul(i + 7, 2654435761) >>> 13) & 255))

async function page(name: string, body: Uint8Array): Promise<Uint8Array> {
  const responseBytes = Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n'), body])
  const url = `https://example.org/${name}`
  const requestBytes = Buffer.from(`GET /${name} HTTP/1.1\r\n\r\n`)
  const exchange = {
    url,
    date: note.date,
    requestBytes,
    responseBytes,
    entity: body,
    remoteAddress: null,
    truncated: false,
  }
  return (await exchangeRecords(exchange, null)).warc
}

/** Type and digest of every record, as two readers find them. */
async function recordsOf(path: string): Promise<readonly string[]> {
  const ours: string[] = []
  for await (const { type, block } of readWarcFile(path, 1e9)) ours.push(`${type} ${sha256(block ?? new Uint8Array())}`)
  const theirs: string[] = []
  for await (const record of new WARCParser(createReadStream(path), { parseHttp: false })) {
    const block = Buffer.concat(await Array.fromAsync(record))
    theirs.push(`${record.warcType} ${sha256(block)}`)
  }
  assert.deepEqual(theirs, ours)
  return ours
}

test('a member of any length is one gzip member with one record, and says what it is', () => {
  const lengths = fc.oneof(fc.integer({ min: 400, max: 3000 }), fc.integer({ min: 65_000, max: 200_000 }))
  const atEdges = [1, 2, 3].flatMap((blocks) => Array.from({ length: 40 }, (_, i) => blocks * 65_540 + i - 10))
  fc.assert(
    fc.property(fc.oneof(lengths, fc.constantFrom(...atEdges)), (length) => {
      const member = takedownMember(length, note)
      assert.equal(member.byteLength, length)
      const record = readMember(member)
      assert.equal(record.type, 'metadata')
      assert.match(String(record.block), /^taken-down: 12\r\npadding: 0*\r\n$/)
      assert.equal(isTakedown(member), true)
      assert.deepEqual(takedownMember(length, note), member)
    }),
  )
})

test('where the record has no room it is compressed, then left out; below 30 bytes nothing can be written', () => {
  for (let length = 30; length < 450; length++) {
    const member = takedownMember(length, note)
    assert.equal(member.byteLength, length)
    assert.ok(isTakedown(member))
    const content = gunzipSync(member).toString()
    assert.ok(content === '\r\n\r\n' || readMember(member).type === 'metadata', `at ${length}`)
  }
  assert.equal(readMember(takedownMember(260, note)).type, 'metadata')
  for (const length of [0, 1, 29]) assert.throws(() => takedownMember(length, note), FailedError)
})

test('no member of an ordinary capture is taken for one that was taken down', async () => {
  assert.equal(isTakedown(await page('a', Buffer.from('글'))), false)
  assert.equal(isTakedown(head), false)
  assert.equal(isTakedown(new Uint8Array(0)), false)
})

test('records are taken down in place, and both readers find every other one byte for byte', async () => {
  const bodies = [noise(300), Buffer.from('작은 글'), noise(150_000), Buffer.from('<p>내릴 글</p>'), noise(70_000)]
  const members = await Promise.all(bodies.map((body, i) => page(String(i), body)))
  const path = join(folder, 'a.warc.gz')
  const whole = Buffer.concat([head, ...members])
  for (const index of members.keys()) {
    await writeFile(path, whole)
    const found = await recordsOf(path)
    const offset = head.byteLength + members.slice(0, index).reduce((sum, { byteLength }) => sum + byteLength, 0)
    const length = members[index]?.byteLength ?? 0
    const member = takedownMember(length, { ...note, place: `a.warc.gz ${offset}` })
    await overwriteMember(path, offset, member)
    const after = await recordsOf(path)
    const at = 1 + 2 * index
    assert.deepEqual(after.toSpliced(at, 1), found.toSpliced(at, 2))
    assert.match(after[at] ?? '', /^metadata /)
    const bytes = await readFile(path)
    assert.equal(bytes.byteLength, whole.byteLength)
    assert.ok(bytes.subarray(0, offset).equals(whole.subarray(0, offset)))
    assert.ok(bytes.subarray(offset + length).equals(whole.subarray(offset + length)))
    const there = bytes.subarray(offset, offset + length)
    assert.ok(isTakedown(there))
    await assert.rejects(payloadOf(there), FailedError)
    await overwriteMember(path, offset, member)
    assert.deepEqual(await readFile(path), bytes)
  }
})

test('a place too short for the record hides none of the records around it', async () => {
  const [first, last] = await Promise.all([page('a', Buffer.from('앞')), page('b', Buffer.from('뒤'))])
  const path = join(folder, 'short.warc.gz')
  for (const length of [30, 64, 76, 77, 120, 204]) {
    const gap = takedownMember(length, note)
    await writeFile(path, Buffer.concat([head, first ?? head, gap, last ?? head]))
    // warcio takes a blank member for the end of the file.
    const types = length < 77 ? await ourTypes(path) : (await recordsOf(path)).map((record) => record.split(' ')[0])
    assert.deepEqual(
      types.filter((type) => type !== 'metadata'),
      ['warcinfo', 'response', 'request', 'response', 'request'],
      `at ${length}`,
    )
  }
})

async function ourTypes(path: string): Promise<readonly string[]> {
  return (await Array.fromAsync(readWarcFile(path, 1e9))).map(({ type }) => type)
}

test('a takedown that was cut in the middle is finished by doing it again', async () => {
  const [first, second] = await Promise.all([page('a', noise(5000)), page('b', Buffer.from('뒤'))])
  const path = join(folder, 'cut.warc.gz')
  const member = takedownMember(first?.byteLength ?? 0, note)
  const torn = Buffer.concat([member.subarray(0, 1000), (first ?? head).subarray(1000), second ?? head])
  await writeFile(path, torn)
  await overwriteMember(path, 0, member)
  assert.deepEqual(
    (await recordsOf(path)).map((record) => record.split(' ')[0]),
    ['metadata', 'response', 'request'],
  )
})

test('nothing is written where no record lies', async () => {
  const path = join(folder, 'other.warc.gz')
  const bytes = gzipSync(noise(500))
  await writeFile(path, bytes)
  await assert.rejects(overwriteMember(path, 10, takedownMember(100, note)), /has no record of 100 bytes at 10/)
  await assert.rejects(overwriteMember(path, 0, takedownMember(bytes.byteLength + 1, note)), FailedError)
  await assert.rejects(overwriteMember(join(folder, 'none'), 0, takedownMember(100, note)), /cannot be opened/)
  assert.deepEqual(await readFile(path), bytes)
})
