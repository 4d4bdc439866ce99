import assert from 'node:assert/strict'
import net from 'node:net'
import { after, test } from 'node:test'
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { isLoopbackHost, isPrivateAddress } from '../../../crawler/http/addresses.ts'
import { createHttpClient, type GetRequest, type GetResult, type HttpOptions } from '../../../crawler/http/client.ts'

const cleanups: (() => void)[] = []
after(() => {
  for (const cleanup of cleanups) cleanup()
})

/** A server that answers every request with these bytes, exactly; null leaves it without an answer. */
async function rawServer(answer: (request: string, socket: net.Socket) => void): Promise<string> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => answer(bytes.toString('latin1'), socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  const address = server.address()
  return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`
}

function client(options: Partial<HttpOptions> = {}) {
  const made = createHttpClient({
    userAgent: 'malmoi/test',
    mayBePrivate: () => true,
    firstByteMs: 2000,
    totalMs: 4000,
    ...options,
  })
  cleanups.push(() => made.close())
  return made
}

const limits: GetRequest = { maxBodyBytes: 1_000_000, overflow: 'refuse' }

function get(url: string, request: Partial<GetRequest> = {}, options: Partial<HttpOptions> = {}): Promise<GetResult> {
  return client(options).get(url, { ...limits, ...request })
}

/** Reason and status of a refusal. */
function refusal(result: GetResult): readonly [string, number | null] {
  assert.ok(result.kind === 'refused', result.kind)
  return [result.reason, result.exchange?.status ?? null]
}

test('request and response are kept as they crossed the wire', async () => {
  let asked = ''
  const body = gzipSync('<p>가</p>')
  const sent = Buffer.concat([
    Buffer.from(
      'HTTP/1.1 200 Fine\r\nX-oDD:  a\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n',
    ),
    Buffer.from('3\r\n'),
    body.subarray(0, 3),
    Buffer.from(`\r\n${(body.length - 3).toString(16).toUpperCase()};x=y\r\n`),
    body.subarray(3),
    Buffer.from('\r\n0\r\n\r\n'),
  ])
  const origin = await rawServer((request, socket) => {
    asked = request
    socket.write('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n')
    socket.write(sent.subarray(0, 100))
    setTimeout(() => socket.write(sent.subarray(100)), 20)
  })
  const result = await get(`${origin}/a?b=%EA`, { etag: '"1"', lastModified: 'Thu, 01 Jan 2026 00:00:00 GMT' })
  assert.ok(result.kind === 'response')
  assert.deepEqual(Buffer.from(result.responseBytes), sent)
  assert.equal(Buffer.from(result.requestBytes).toString('latin1'), asked)
  assert.deepEqual(Buffer.from(result.entity), body)
  assert.equal(Buffer.from(result.payload).toString(), '<p>가</p>')
  assert.equal(result.remoteAddress, '127.0.0.1')
  assert.match(asked, /^GET \/a\?b=%EA HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\nUser-Agent: malmoi\/test\r\n/)
  assert.match(asked, /\r\nIf-None-Match: "1"\r\nIf-Modified-Since: Thu, 01 Jan 2026 00:00:00 GMT\r\n/)
})

test('gzip, brotli, zstd and their chains are decoded; what is broken or unknown is refused', async () => {
  const text = Buffer.from('말모이 '.repeat(100))
  const bodies: Readonly<Record<string, Uint8Array>> = {
    gzip: gzipSync(text),
    br: brotliCompressSync(text),
    zstd: zstdCompressSync(text),
    'gzip, br': brotliCompressSync(gzipSync(text)),
    identity: text,
  }
  let encoding = ''
  let body: Uint8Array = text
  const origin = await rawServer((_, socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`)
    socket.write(body)
  })
  for ([encoding, body] of Object.entries(bodies)) {
    const result = await get(origin)
    assert.ok(result.kind === 'response', encoding)
    assert.deepEqual(Buffer.from(result.payload), text, encoding)
  }
  encoding = 'gzip'
  const broken = await get(origin)
  assert.ok(broken.kind === 'refused')
  assert.match(broken.reason, /body is not valid gzip/)
  encoding = 'compress'
  assert.deepEqual(refusal(await get(origin)), ['unknown content-encoding "compress"', 200])
})

test('a body above the limit ends the transfer: announced, streamed without end, or after decompression', async () => {
  const bomb = gzipSync(Buffer.alloc(5_000_000))
  let written = 0
  const origin = await rawServer((request, socket) => {
    if (request.includes('/announced')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n')
    else if (request.includes('/bomb')) {
      socket.write(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`)
      socket.write(bomb)
    } else {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const more = (): void => {
        if (socket.destroyed) return
        written += 65_536
        if (socket.write(Buffer.alloc(65_536))) setImmediate(more)
        else socket.once('drain', more)
      }
      more()
    }
  })
  for (const path of ['/announced', '/bomb', '/endless'])
    assert.deepEqual(refusal(await get(origin + path)), ['body larger than 1 MB', 200], path)
  assert.ok(written < 20_000_000, `${written} bytes were sent`)
})

test('a body may be cut at the limit instead', async () => {
  const origin = await rawServer((_, socket) =>
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n${'a'.repeat(3_000_000)}`),
  )
  const result = await get(origin, { overflow: 'truncate' })
  assert.ok(result.kind === 'response')
  assert.equal(result.truncated, true)
  assert.equal(result.payload.byteLength, 1_000_000)
})

test('a head can refuse its body', async () => {
  const origin = await rawServer((_, socket) =>
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\n'),
  )
  const result = await get(origin, { refuseHead: ({ status, headers }) => `${status} ${headers['content-type']}` })
  assert.deepEqual(refusal(result), ['200 image/png', 200])
  assert.ok(result.kind === 'refused')
  assert.equal(
    Buffer.from(result.exchange?.responseBytes ?? []).toString('latin1'),
    'HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\n',
    'the head is kept, and says why there is no body',
  )
})

test('silence, dripping, a closed connection and a closed port can be tried again', async () => {
  const origin = await rawServer((request, socket) => {
    if (request.includes('/closes')) return socket.destroy()
    if (request.includes('/half')) return socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc')
    if (request.includes('/drips')) {
      socket.write('HTTP/1.1 200 OK\r\n\r\n')
      const timer = setInterval(() => socket.write('.'), 20)
      socket.on('close', () => clearInterval(timer))
    }
  })
  const short = { firstByteMs: 100, totalMs: 200 }
  const reasons: Readonly<Record<string, RegExp>> = {
    '/silent': /sent no answer within 100 ms/,
    '/drips': /sent no whole answer within 200 ms/,
    '/closes': /closed the connection/,
    '/half': /closed the connection|aborted/,
  }
  for (const [path, reason] of Object.entries(reasons)) {
    const result = await get(origin + path, {}, short)
    assert.ok(result.kind === 'retryable', path)
    assert.match(result.reason, reason)
  }
  const closed = await get('http://127.0.0.1:1/')
  assert.deepEqual(closed, { kind: 'retryable', reason: '127.0.0.1:1 refused the connection' })
})

test('what is no HTTP, and a head without end, are refused', async () => {
  const noHttp = await get(await rawServer((_, socket) => socket.end('hello there\r\n\r\n')))
  assert.ok(noHttp.kind === 'refused')
  assert.match(noHttp.reason, /does not speak HTTP/)
  const hugeHead = await get(
    await rawServer((_, socket) => socket.write(`HTTP/1.1 200 OK\r\nA: ${'x'.repeat(100_000)}`)),
  )
  assert.deepEqual(refusal(hugeHead), ['headers larger than 64 KiB', null])
})

test('redirects are answers, not followed', async () => {
  let requests = 0
  const origin = await rawServer((_, socket) => {
    requests += 1
    socket.write('HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n')
  })
  const result = await get(origin)
  assert.ok(result.kind === 'response' && result.status === 301)
  assert.equal(requests, 1)
})

test('a connection that the server closed meanwhile costs no failure', async () => {
  const origin = await rawServer((_, socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    setTimeout(() => socket.resetAndDestroy(), 5)
  })
  const kept = client()
  for (let round = 0; round < 20; round++) {
    assert.equal((await kept.get(origin, limits)).kind, 'response')
    await new Promise((resolve) => setTimeout(resolve, round % 8))
  }
})

test('private, loopback and link-local addresses are refused, as literals and as names', async () => {
  let reached = 0
  const origin = await rawServer(() => {
    reached += 1
  })
  const { port } = new URL(origin)
  const addresses = [
    origin,
    `http://localhost:${port}/`,
    `http://[::ffff:127.0.0.1]:${port}/`,
    `http://2130706433:${port}/`,
    'http://10.1.2.3/',
    'http://169.254.169.254/latest/meta-data',
    'http://[fe80::1]/',
    'http://[::1]/',
  ]
  for (const address of addresses) {
    const result = await get(address, {}, { mayBePrivate: () => false })
    assert.ok(result.kind === 'refused', `${address}: ${JSON.stringify(result)}`)
    assert.match(result.reason, /private, loopback or link-local/)
  }
  assert.equal(reached, 0)
})

test('which addresses are private', () => {
  for (const address of [
    '127.0.0.1',
    '10.0.0.1',
    '172.31.0.1',
    '192.168.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '::',
    'fd00::1',
    'fe80::1%eth0',
    '::ffff:192.168.0.1',
  ])
    assert.ok(isPrivateAddress(address), address)
  for (const address of ['1.1.1.1', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])
    assert.ok(!isPrivateAddress(address), address)
  assert.ok(isLoopbackHost(new URL('http://[::1]:80/')) && isLoopbackHost(new URL('http://localhost/')))
  assert.ok(!isLoopbackHost(new URL('http://127.example.org/')) && !isLoopbackHost(new URL('http://10.0.0.1/')))
})

test('an abort ends a request at once', async () => {
  const origin = await rawServer(() => {})
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 20)
  assert.deepEqual(await get(origin, { signal: controller.signal }), { kind: 'aborted' })
  assert.deepEqual(await get(origin, { signal: controller.signal }), { kind: 'aborted' })
})
