import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { blocksOf, findMagic } from '../../../crawler/wiki/block-scanner.ts'
import { bunzip } from '../../../crawler/wiki/bzip2.ts'
import { FailedError } from '../../../pipeline/contract.ts'
import { withoutData } from '../../support/shared-data.ts'

const dumps = fileURLToPath(new URL('../../../../shared/data/wiki/', import.meta.url))
const withoutBzip2 = spawnSync('bzip2', ['--version'], { input: '' }).error ? 'needs the program bzip2' : false

async function* inChunks(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let begin = 0; begin < bytes.byteLength; begin += size) yield bytes.subarray(begin, begin + size)
}

async function decompress(bytes: Uint8Array, size = 65_536): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(bunzip(inChunks(bytes, size))))
}

function compress(input: Uint8Array | string, level = 9): Buffer {
  return execFileSync('bzip2', [`-${level}`], { input, maxBuffer: 1 << 28 })
}

/** Bytes that compress badly and are the same every time. */
function noise(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  let state = 1
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    bytes[index] = state >>> 24
  }
  return bytes
}

const failsWith = (pattern: RegExp) => (error: Error) => {
  assert.ok(error instanceof FailedError, String(error))
  assert.match(error.message, pattern)
  return true
}

describe('the search for magics', () => {
  const magics = ['0x314159265359', '0x177245385090'].map((hex) => BigInt(hex).toString(2).padStart(48, '0'))

  function naive(bits: string): readonly number[] {
    return Array.from(bits, (_, index) => index).filter((index) =>
      magics.some((magic) => bits.startsWith(magic, index)),
    )
  }

  function found(bytes: Uint8Array, from = 0): readonly number[] {
    const places: number[] = []
    for (let at = findMagic(bytes, from); at >= 0; at = findMagic(bytes, at + 1)) places.push(at)
    return places
  }

  const part = fc.oneof(
    fc.constantFrom(...magics),
    fc.tuple(fc.constantFrom(...magics), fc.integer({ min: 1, max: 47 })).map(([magic, length]) => magic.slice(length)),
    fc.tuple(fc.constantFrom(...magics), fc.integer({ min: 1, max: 47 })).map(([magic, n]) => magic.slice(0, n)),
    fc.array(fc.constantFrom('0', '1'), { maxLength: 70 }).map((bits) => bits.join('')),
  )

  test('finds what a comparison at every bit finds', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.nat(40), (parts, from) => {
        const bits = parts.join('')
        const whole = bits.padEnd(Math.ceil(bits.length / 8) * 8, '0')
        const bytes = Uint8Array.from(whole.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
        assert.deepEqual(found(bytes), naive(whole))
        assert.deepEqual(
          found(bytes, from),
          naive(whole).filter((at) => at >= from),
        )
      }),
      { numRuns: 2_000 },
    )
  })

  test('finds a magic at each of the eight bits, at the end of the bytes too', () => {
    for (const magic of magics) {
      for (let before = 0; before < 40; before++) {
        const bits = '1'.repeat(before) + magic
        const bytes = Uint8Array.from(bits.padEnd(Math.ceil(bits.length / 8) * 8, '1').match(/.{8}/g) ?? [], (byte) =>
          Number.parseInt(byte, 2),
        )
        assert.deepEqual(found(bytes), [before])
      }
    }
  })
})

describe('real files', { skip: withoutData || withoutBzip2 }, () => {
  const names = withoutData ? [] : readdirSync(dumps).filter((name) => name.endsWith('.bz2'))
  for (const name of names) {
    test(`${name} comes out as bzip2 gives it, however it is cut`, async () => {
      const bytes = readFileSync(join(dumps, name))
      const expected = execFileSync('bzip2', ['-dc'], { input: bytes, maxBuffer: 1 << 28 })
      for (const size of [1, 7, 4096, 65_536, bytes.byteLength]) {
        assert.ok((await decompress(bytes, size)).equals(expected), `in chunks of ${size}`)
      }
    })
  }
})

describe('files made by bzip2', { skip: withoutBzip2 }, () => {
  test('several streams on end are one file, whatever their block size', async () => {
    const parts = ['첫 번째 흐름\n'.repeat(1_000), 'x'.repeat(3_000_000), '', '끝']
    const file = Buffer.concat(parts.map((part, index) => compress(part, index === 1 ? 1 : 9)))
    for (const size of [13, 1_000, file.byteLength]) {
      assert.ok((await decompress(file, size)).equals(Buffer.from(parts.join(''))), `in chunks of ${size}`)
    }
  })

  test('a stream of many blocks', async () => {
    const input = noise(1_200_000)
    const file = compress(input, 1)
    const blocks = await Array.fromAsync(blocksOf(inChunks(file, file.byteLength)))
    assert.equal(blocks.length, 13)
    assert.ok(blocks.some(({ bit }) => bit !== 0))
    assert.ok((await decompress(file)).equals(input))
  })

  test('a stream without a block is empty', async () => {
    assert.equal((await decompress(compress(''))).byteLength, 0)
    assert.equal((await decompress(Buffer.concat([compress(''), compress('')]))).byteLength, 0)
  })

  test('a file cut short anywhere says so, with the block it breaks in', async () => {
    const file = compress(noise(300_000), 1)
    const blocks = await Array.fromAsync(blocksOf(inChunks(file, 1_000)))
    const last = blocks.at(-1)
    assert.ok(last !== undefined)
    await assert.rejects(
      decompress(file.subarray(0, last.offset + (last.bytes.byteLength >>> 1))),
      failsWith(new RegExp(`cut short in the block at byte ${last.offset}$`)),
    )
    for (const kept of [0, 1, 4, 7, file.byteLength - 5, file.byteLength - 1]) {
      await assert.rejects(decompress(file.subarray(0, kept)), failsWith(/cut short/), `${kept} bytes`)
    }
    const small = compress('말모이')
    for (let kept = 0; kept < small.byteLength; kept++) {
      await assert.rejects(decompress(small.subarray(0, kept)), failsWith(/cut short/), `${kept} bytes`)
    }
  })

  test('a changed byte is found, and named by its block', async () => {
    const file = compress(noise(300_000), 1)
    const blocks = await Array.fromAsync(blocksOf(inChunks(file, 1_000)))
    for (const { offset, bytes } of blocks) {
      const damaged = Buffer.from(file)
      const place = offset + (bytes.byteLength >>> 1)
      damaged[place] = ~file[place]! & 255
      await assert.rejects(
        decompress(damaged),
        failsWith(new RegExp(`damaged in the block at byte ${offset}: `)),
        `byte ${place}`,
      )
    }
  })

  test('no change of a byte in a small file goes unnoticed or unexplained', async () => {
    const file = compress('말모이는 낱말을 모으는 일이다. '.repeat(40))
    for (let place = 0; place < file.byteLength - 1; place++) {
      const damaged = Buffer.from(file)
      damaged[place] = ~file[place]! & 255
      await assert.rejects(decompress(damaged), failsWith(/bzip2 file/), `byte ${place}`)
    }
  })

  test('a block that is lacking, bytes after the end, and another kind of file are said as what they are', async () => {
    const file = compress(noise(300_000), 1)
    await assert.rejects(
      decompress(Buffer.concat([file, Buffer.from('<mediawiki>')])),
      failsWith(new RegExp(`at byte ${file.byteLength}: no stream begins`)),
    )
    await assert.rejects(decompress(Buffer.from('<mediawiki>')), failsWith(/^not a bzip2 file/))
    const header = Buffer.from('BZh9')
    const [first, second] = [compress('하나'), compress('둘')]
    const swapped = Buffer.concat([header, first.subarray(4, -10), second.subarray(-10)])
    await assert.rejects(decompress(swapped), failsWith(/bzip2 file/))
    const endless = Buffer.concat([file.subarray(0, 14), noise(4_000_000)])
    await assert.rejects(decompress(endless), failsWith(/at byte 4: a block without an end/))
  })
})
