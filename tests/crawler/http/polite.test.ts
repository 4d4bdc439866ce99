/** What politeness promises: pauses by the formula, one request at a time to a host, a host of another process left alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { HttpClient } from '../../../crawler/http/client.ts'
import { createHosts, createPoliteClient, delayAfter } from '../../../crawler/http/polite.ts'
import type { HostMemory, SiteMemory } from '../../../pipeline/crawl-contract.ts'

const HOST = 'news.example'
const request = { maxBodyBytes: 1_000, overflow: 'refuse' } as const

/** A memory of hosts that answers as told. */
function memoryOf(enter: () => HostMemory | null) {
  const remembered: { readonly host: string; readonly notBefore: string | null }[] = []
  const left: string[] = []
  const memory: SiteMemory = {
    enter: async () => enter(),
    leave: async (host) => void left.push(host),
    remember: async (host, { notBefore }) => void remembered.push({ host, notBefore }),
    file: async () => null,
    keepFile: async () => {},
  }
  return { memory, remembered, left }
}

/** A client that takes so long for each request, and keeps from when to when. */
function recordingClient(milliseconds: number) {
  const spans: { readonly from: number; readonly to: number }[] = []
  const client: HttpClient = {
    async get() {
      const from = performance.now()
      await sleep(milliseconds)
      spans.push({ from, to: performance.now() })
      return { kind: 'refused', reason: 'no server', exchange: null }
    },
    close() {},
  }
  return { client, spans }
}

const unknown: HostMemory = { lastMs: null, notBefore: null, visited: false }
const ownPace = (delayMs: number) => () => ({ delayMs, ownHost: true })

test('the pause is the largest of what config and site ask and five times the last answer, from 1 to 30 s', () => {
  const foreign = (delayMs: number) => ({ delayMs, ownHost: false })
  assert.equal(delayAfter(foreign(0), 0, null), 1_000, 'nobody asked for a pause: a second')
  assert.equal(delayAfter(foreign(0), 0, 50), 1_000)
  assert.equal(delayAfter(foreign(1_500), 0, 50), 1_500, 'the config')
  assert.equal(delayAfter(foreign(1_500), 10_000, 50), 10_000, 'Crawl-delay')
  assert.equal(delayAfter(foreign(1_500), 300_000, 50), 300_000, 'Crawl-delay beyond 30 s')
  assert.equal(delayAfter(foreign(1_500), 0, 2_000), 10_000, 'a slow answer')
  assert.equal(delayAfter(foreign(1_500), 0, 60_000), 30_000, 'a very slow one')
  assert.equal(delayAfter({ delayMs: 0, ownHost: true }, 0, 60_000), 0, 'no delay, on a loopback host that is named')
  assert.equal(delayAfter({ delayMs: 0, ownHost: true }, 2_000, 50), 2_000, 'unless its robots.txt asks for one')
  assert.equal(delayAfter({ delayMs: 20, ownHost: true }, 0, 10), 50)
})

test('two sources that share a host ask it one at a time, with its pause between', async () => {
  const { memory, left } = memoryOf(() => unknown)
  const hosts = createHosts(memory)
  const { client, spans } = recordingClient(2)
  const clients = [1, 2].map(() => createPoliteClient(client, hosts, ownPace(20), undefined))
  await Promise.all(clients.flatMap((each) => [1, 2, 3].map((path) => each.get(`http://${HOST}/${path}`, request))))
  assert.equal(spans.length, 6)
  for (const [index, { from }] of spans.entries()) {
    const before = spans[index - 1]
    if (before !== undefined) assert.ok(from - before.to >= 20, `${from - before.to} ms after the answer before`)
  }
  await clients[0]?.close()
  assert.deepEqual(left, [], 'the other one still works on it')
  await clients[1]?.close()
  assert.deepEqual(left, [HOST])
})

test('hosts are asked side by side', async () => {
  const hosts = createHosts(memoryOf(() => unknown).memory)
  const { client, spans } = recordingClient(50)
  const polite = createPoliteClient(client, hosts, ownPace(0), undefined)
  await Promise.all(['a', 'b', 'c'].map((host) => polite.get(`http://${host}.example/`, request)))
  assert.ok(Math.max(...spans.map(({ from }) => from)) < Math.min(...spans.map(({ to }) => to)))
})

test('a host that another process has is not opened, and waited for by who must ask it', async () => {
  let taken = true
  const hosts = createHosts(memoryOf(() => (taken ? null : unknown)).memory)
  const { client, spans } = recordingClient(1)
  const polite = createPoliteClient(client, hosts, ownPace(0), undefined)
  assert.equal(await polite.open(HOST), false)
  const asking = polite.get(`http://${HOST}/`, request)
  await sleep(50)
  assert.equal(spans.length, 0)
  taken = false
  await asking
  assert.equal(spans.length, 1)
})

test('a host that was visited before is not asked until a whole pause has passed', async () => {
  const hosts = createHosts(memoryOf(() => ({ lastMs: 5, notBefore: null, visited: true })).memory)
  const { client, spans } = recordingClient(1)
  const entered = performance.now()
  await createPoliteClient(client, hosts, ownPace(60), undefined).get(`http://${HOST}/`, request)
  assert.ok((spans[0]?.from ?? 0) - entered >= 60)
})

test('a pause a host asked for is kept for the next process, and obeyed by it', async () => {
  const { memory, remembered } = memoryOf(() => unknown)
  const polite = createPoliteClient(recordingClient(1).client, createHosts(memory), ownPace(0), undefined)
  await polite.open(HOST)
  await polite.pause(HOST, 10_000)
  const [kept] = remembered
  assert.equal(kept?.host, HOST)
  const wait = Date.parse(kept?.notBefore ?? '') - Date.now()
  assert.ok(wait > 5_000 && wait <= 10_000)

  const notBefore = new Date(Date.now() + 80).toISOString()
  const next = createHosts(memoryOf(() => ({ lastMs: 1, notBefore, visited: true })).memory)
  const { client, spans } = recordingClient(1)
  const started = performance.now()
  await createPoliteClient(client, next, ownPace(0), undefined).get(`http://${HOST}/`, request)
  assert.ok((spans[0]?.from ?? 0) - started >= 75)
})
