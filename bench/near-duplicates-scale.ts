/**
 * Claim: a million documents are deduplicated on a small machine in at most 200 bytes of state a document, on disk and in
 * memory; a night of 1 % more costs at most 2 % of that and 3 s; the same bytes for any number of workers and any order.
 * Hostile texts are measured too: a million equal ones, and a million that share a band's key without being similar.
 * node bench/near-duplicates-scale.ts [documents, in thousands]
 */
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { applyChanges } from '../dedupe/apply.ts'
import { addLine, createChanges } from '../dedupe/changes.ts'
import { nearDuplicates as config } from '../dedupe/config.ts'
import { paragraphOwners, repeatedParagraphs } from '../dedupe/paragraphs.ts'
import { KEYS_FROM, sign } from '../dedupe/signature.ts'
import { createState, decisions, type State } from '../dedupe/state.ts'
import { readState, stateBytes } from '../dedupe/state-file.ts'
import { randomNumbers, sentences, textOf } from './near-duplicates-texts.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')
const WORDS = KEYS_FROM + config.bands
const PORTION = 500

interface Signed {
  readonly from: number
  readonly signatures: Uint32Array
  readonly bytes: number
  /** Processor seconds of signing alone. */
  readonly seconds: number
}

const pool = sentences()
if (isMainThread) await main()
else {
  parentPort?.on('message', (from: number) => parentPort?.postMessage(signPortion(from)))
  parentPort?.postMessage('ready')
}

function signPortion(from: number): Signed {
  const texts = Array.from({ length: PORTION }, (_, i) => textOf(pool, from + i))
  const started = process.threadCpuUsage()
  const signatures = new Uint32Array(PORTION * WORDS)
  for (const [i, text] of texts.entries()) signatures.set(sign(text, config), i * WORDS)
  const { user, system } = process.threadCpuUsage(started)
  return {
    from,
    signatures,
    bytes: texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0),
    seconds: (user + system) / 1e6,
  }
}

interface Signers {
  /** Signatures of texts [from, to), in portions as the threads finish them. */
  sign(from: number, to: number): AsyncIterable<Signed>
  close(): Promise<unknown>
}

/** Threads that have their sentences ready. */
async function startSigners(workers: number): Promise<Signers> {
  const threads = Array.from({ length: workers }, () => new Worker(fileURLToPath(import.meta.url)))
  await Promise.all(threads.map((thread) => once(thread, 'message')))
  return {
    async *sign(from, to) {
      let next = from
      const queue = threads.map(async function* (thread) {
        while (next < to) {
          thread.postMessage(next)
          next += PORTION
          const [signed]: Signed[] = await once(thread, 'message')
          if (signed) yield signed
        }
      })
      yield* merged(queue)
    },
    close: () => Promise.all(threads.map((thread) => thread.terminate())),
  }
}

/** What several iterators yield, as it comes. */
async function* merged<Item>(sources: readonly AsyncGenerator<Item>[]): AsyncIterable<Item> {
  const step = async (source: AsyncGenerator<Item>) => ({ source, result: await source.next() })
  const waiting = new Map(sources.map((source) => [source, step(source)]))
  while (waiting.size > 0) {
    const { source, result } = await Promise.race(waiting.values())
    if (result.done === true) {
      waiting.delete(source)
      continue
    }
    waiting.set(source, step(source))
    yield result.value
  }
}

interface Night {
  readonly bytes: number
  /** Processor seconds of signing, then seconds until all are signed and until all are decided. */
  readonly signing: number
  readonly signed: number
  readonly decided: number
  readonly read: number
  readonly compared: number
  /** Bytes of typed arrays when the first texts are asked for: columns and band index. */
  readonly memory: number
}

/** Texts [from, to) as one batch, in the order in which the threads are done, or shuffled. */
async function night(
  state: State,
  signers: Signers,
  [from, to]: readonly [number, number],
  shuffled = false,
): Promise<Night> {
  const started = performance.now()
  const portions: Signed[] = []
  for await (const portion of signers.sign(from, to)) portions.push(portion)
  const bytes = portions.reduce((sum, portion) => sum + portion.bytes, 0)
  const signing = portions.reduce((sum, portion) => sum + portion.seconds, 0)
  const random = randomNumbers(7)
  const changes = createChanges(config)
  while (portions.length > 0) {
    const [portion] = portions.splice(shuffled ? random(portions.length) : portions.length - 1, 1)
    for (let i = 0; portion && i < PORTION; i++) {
      const signature = portion.signatures.subarray(i * WORDS, (i + 1) * WORDS)
      addLine(changes, { id: `${portion.from + i}`, batch: `${from}`, place: portion.from + i, signature })
    }
  }
  const signed = performance.now()
  let memory = 0
  const applied = await applyChanges(state, changes, (positions) => {
    if (memory === 0) memory = bytesInUse()
    return positions.map(({ place }) => textOf(pool, place))
  })
  const ended = performance.now()
  const { read, compared } = applied
  const spans = { signed: (signed - started) / 1000, decided: (ended - signed) / 1000 }
  return { read, compared, bytes, signing, memory, ...spans }
}

/** Bytes of typed arrays that something still refers to. */
function bytesInUse(): number {
  collectGarbage()
  return process.memoryUsage().arrayBuffers
}

function digest(state: State): string {
  const hash = createHash('sha256')
  for (const piece of stateBytes(state)) hash.update(piece)
  return hash.digest('hex')
}

async function main(): Promise<void> {
  const count = Number(process.argv[2] ?? 1000) * 1000
  const signers = await startSigners(2)
  const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
  try {
    const { state, seconds } = await everything(signers, count)
    const file = join(folder, 'state')
    const saving = performance.now()
    await pipeline(Readable.from(stateBytes(state)), createWriteStream(file))
    console.log(`on disk ${(statSync(file).size / count).toFixed(0)} bytes a document, written in ${since(saving)} s`)
    await nextNight(signers, file, count, seconds)
  } finally {
    await signers.close()
    rmSync(folder, { recursive: true })
  }
  await anyWorkers(Math.min(count, 50_000))
  paragraphs(count)
  await hostile(count)
}

async function everything(signers: Signers, count: number): Promise<{ state: State; seconds: number }> {
  const before = bytesInUse()
  const state = createState(config)
  const { bytes, signing, memory, signed, decided, read, compared } = await night(state, signers, [0, count])
  let dropped = 0
  for (const { owner } of decisions(state)) if (owner !== null) dropped++
  const resident = process.resourceUsage().maxRSS / 1024
  console.log(
    `${count} documents, ${(bytes / 1e6).toFixed(0)} MB: ${dropped} dropped, ${compared} pairs compared, ${read} texts read again`,
  )
  console.log(
    `${(signed + decided).toFixed(1)} s: ${signed.toFixed(1)} s to make the texts and sign them on 2 threads, ${decided.toFixed(1)} s to decide`,
  )
  console.log(`signing ${(bytes / 1e6 / signing).toFixed(1)} MB/s of processor time`)
  console.log(
    `in memory while deciding ${((memory - before) / count).toFixed(0)} bytes a document; process at most ${resident.toFixed(0)} MB, its threads and the benchmark's sentences included`,
  )
  return { state, seconds: signed + decided }
}

async function nextNight(signers: Signers, file: string, count: number, full: number): Promise<void> {
  const more = Math.max(PORTION, Math.round(count / 100 / PORTION) * PORTION)
  const loading = performance.now()
  const state = await readState(createReadStream(file, { highWaterMark: 2 ** 20 }))
  const loaded = Number(since(loading))
  const { signed, decided, read } = await night(state, signers, [count, count + more])
  const seconds = loaded + signed + decided
  const share = ((100 * seconds) / full).toFixed(1)
  console.log(
    `${more} more: ${seconds.toFixed(1)} s (${share} % of all): ${loaded.toFixed(2)} s to load, ${signed.toFixed(2)} s to sign, ${decided.toFixed(2)} s to decide, ${read} texts read`,
  )
}

async function anyWorkers(count: number): Promise<void> {
  const digests = new Set<string>()
  for (const workers of [1, 2, 4, 8]) {
    const signers = await startSigners(workers)
    const state = createState(config)
    await night(state, signers, [0, count], workers > 1)
    digests.add(digest(state))
    await signers.close()
  }
  const answer = digests.size === 1 ? 'the same bytes' : `${digests.size} DIFFERENT STATES`
  console.log(`${count} documents, 1, 2, 4 and 8 workers, portions shuffled: ${answer}`)
  if (digests.size !== 1) process.exitCode = 1
}

/** Ten paragraphs a document, one in ten of them among those that many have. */
function paragraphs(count: number): void {
  const random = randomNumbers(3)
  const letters = new Uint32Array(10).fill(60)
  const hashes = new Uint32Array(20)
  const started = process.cpuUsage()
  const decide = paragraphOwners(repeatedParagraphs)
  let removed = 0
  for (let document = 0; document < count; document++) {
    for (let i = 0; i < hashes.length; i += 2) {
      const common = random(10) === 0
      hashes[i] = common ? Math.imul(random(100_000), 0x9e3779b1) : random(0x1_0000_0000)
      hashes[i + 1] = common ? 0 : random(0x1_0000_0000)
    }
    removed += decide({ hashes, letters }).removed.length
  }
  const { user, system } = process.cpuUsage(started)
  console.log(
    `${count * 10} paragraphs, ${removed} repeated: ${((user + system) / 1e6).toFixed(1)} s of processor time, making their hashes included`,
  )
}

/** What nobody writes by accident: one line of 100 MB, one text over and over, dissimilar texts that share a band's key. */
async function hostile(count: number): Promise<void> {
  const line = pool.join('').repeat(20).slice(0, 44_000_000)
  const signing = performance.now()
  sign(line, config)
  console.log(`one line of ${(Buffer.byteLength(line) / 1e6).toFixed(0)} MB: signed in ${since(signing)} s`)

  const equal = createChanges(config)
  const signature = sign(textOf(pool, 1), config)
  for (let place = 0; place < count; place++) addLine(equal, { id: `${place}`, batch: '', place, signature })
  const applying = performance.now()
  const applied = await applyChanges(createState(config), equal, () => [])
  console.log(`${count} equal texts: ${since(applying)} s, ${applied.decided} decided`)

  for (const crowd of [count / 100, count / 10, count]) {
    const changes = createChanges(config)
    for (let place = 0; place < crowd; place++) {
      const own = sign(noise(place), config)
      own[KEYS_FROM] = 1
      addLine(changes, { id: `${place}`, batch: '', place, signature: own })
    }
    const started = performance.now()
    const state = createState(config)
    const { compared } = await applyChanges(state, changes, (positions) => positions.map(({ place }) => noise(place)))
    const resident = process.memoryUsage().rss / 2 ** 20
    console.log(
      `${crowd} different texts with one band key in common: ${since(started)} s, ${compared} pairs compared, process ${resident.toFixed(0)} MB`,
    )
  }
}

/** A text of 300 syllables that shares next to nothing with any other. */
function noise(number: number): string {
  const random = randomNumbers(number * 613)
  return String.fromCharCode(...Array.from({ length: 300 }, () => 0xac00 + random(11_172)))
}

function since(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(2)
}
