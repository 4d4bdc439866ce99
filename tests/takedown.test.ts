/**
 * A takedown on a crawled site of two nights with a near copy, an imported copy and a rejected one: what the report lists
 * is what brute force finds, and afterwards no file of the workspace, the database or the export holds the text.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync, zstdDecompressSync } from 'node:zlib'
import type { Places } from '../store/takedown/request.ts'
import { createTokenizer } from '../tokenize/encoder.ts'
import { openShard } from '../tokenize/shards/read.ts'
import { createWorkspace, type TestWorkspace } from './support/command.ts'
import { prose } from './support/prose.ts'
import { type Hit, scanForText } from './support/scan.ts'
import { articlePage, type Page, type Site, serve } from './support/web.ts'

const NEEDLE = '등대지기 순복이는 파란 우체통 옆에서 은빛 나침반을 주웠다'
const REVISED = '그 나침반은 이튿날 옥탑방 재봉틀 서랍에서 다시 나왔다'
const SECOND = '맷돌 장수 기범이는 자줏빛 우산을 접어 다락 층계에 세워 두었다'
const [FIRST_NIGHT, SECOND_NIGHT, THIRD_NIGHT] = ['2026-11-01', '2026-11-02', '2026-11-03']
const ARTICLES = 14

const paragraphs = (seed: number) => Array.from({ length: 8 }, (_, part) => prose(seed * 100 + part, 4))
/** A feed that carries an article whole, its markup escaped. */
function feed(link: string, article: readonly string[]): Page {
  const content = article.map((text) => `&lt;p&gt;${text}&lt;/p&gt;`).join('')
  const body = `<?xml version="1.0"?><rss version="2.0"><channel><title>새 글</title><link>${link}</link>
<item><title>나침반 이야기</title><link>${link}</link><description>${content}</description></item></channel></rss>`
  return { contentType: 'application/rss+xml; charset=utf-8', body }
}

const said = [...paragraphs(1).slice(0, 4), `${NEEDLE}.`, ...paragraphs(1).slice(4)]

describe('a takedown', () => {
  let site: Site
  let workspace: TestWorkspace
  let listed: Places
  let truth: Truth
  const inside = () => join(workspace.folder, '.malmoi')
  const exported = () => join(workspace.folder, 'exported')
  const url = (path: string) => `${site.origin}${path}`
  const scan = async (text: string): Promise<readonly Hit[]> => [
    ...(await scanForText(inside(), text)),
    ...(await scanForText(exported(), text)),
  ]
  const train = (version: string, steps: number) =>
    workspace.run('train', version, '--preset', 'test', '--steps', String(steps), '--threads', '1', '--json')
  const takedown = (...args: readonly string[]) => workspace.json<Report>('corpus', 'takedown', ...args)

  before(async () => {
    site = await serve(
      (origin) =>
        new Map([
          [
            '/',
            articlePage(
              '차례',
              [],
              Array.from({ length: ARTICLES }, (_, n) => `/a/${n + 1}.html`),
            ),
          ],
          ...Array.from({ length: ARTICLES }, (_, n) => {
            return [`/a/${n + 1}.html`, articlePage(`이야기 ${n + 1}`, paragraphs(n + 1))] as const
          }),
          ['/a/1.html', articlePage('나침반 이야기', said)],
          ['/a/2.html', articlePage('나침반 이야기', [...said, '이 글은 다른 데서 옮겨 왔다.'])],
          ['/feed.xml', feed(`${origin}/a/1.html`, said)],
          ['/a/7.html', articlePage('우산 이야기', [...paragraphs(7), `${SECOND}.`])],
        ]),
    )
    workspace = createWorkspace()
    mkdirSync(join(workspace.folder, 'records'))
    writeFileSync(
      join(workspace.folder, 'records', 'one.jsonl'),
      [
        { id: 'copy', text: said.join('\n\n') },
        { id: 'other', text: paragraphs(50).join('\n\n') },
      ]
        .map((record) => `${JSON.stringify(record)}\n`)
        .join(''),
    )
    workspace.configure({
      sources: [
        {
          name: 'site',
          kind: 'news',
          start: [`${site.origin}/`, `${site.origin}/feed.xml`],
          licence: 'CC0-1.0',
          delayMs: 0,
          allowPrivate: true,
        },
        { name: 'records', kind: 'files', path: 'records', licence: 'CC0-1.0' },
      ],
      datasets: {
        all: { tokenizer: { algorithm: 'bpe', vocabSize: 600 } },
      },
      backups: { days: 30 },
    })
    await workspace.json('run', '--night', FIRST_NIGHT)
    await train('all@1', 2)
    site.pages.set('/a/1.html', articlePage('나침반 이야기', [...said, `${REVISED}.`]))
    site.pages.set('/a/3.html', articlePage('이야기 3', paragraphs(33)))
    await workspace.json('run', '--night', SECOND_NIGHT)
    await train('all@2', 2)
    await workspace.json('corpus', 'export', 'all@2', '--to', 'exported', '--card')
    truth = await bruteForce(workspace, [NEEDLE, REVISED])
    const [report] = await takedown(url('/a/1.html'), '--reason', '요청', '--dry-run')
    assert.ok(report)
    listed = report.places
  })

  after(async () => {
    await Promise.all([site.close(), workspace.remove()])
  })

  test('before, the text is found in every form in which the workspace keeps it', async () => {
    const forms = new Set((await scan(NEEDLE)).map(({ form }) => form))
    for (const form of ['record', 'zstd', 'tokens', 'parquet', 'log'] as const) assert.ok(forms.has(form), form)
    assert.ok(forms.has('row') || forms.has('compressed row'), 'rows of tables')
    assert.ok((await scan(REVISED)).length > 0)
  })

  test('the report lists what brute force finds, and nothing else', () => {
    assert.deepEqual(
      listed.documents.map(({ url: key }) => key),
      ['copy', url('/a/1.html'), url('/a/2.html')],
    )
    assert.deepEqual(listed.texts, truth.texts)
    assert.deepEqual(
      listed.artifacts
        .filter(({ stage }) => stage === 'extract' || stage === 'clean')
        .map(({ digest }) => digest)
        .toSorted(),
      truth.objects,
    )
    const keys = listed.documents.map(({ url: key }) => key)
    const signed = listed.artifacts.filter(({ stage }) => stage === 'signatures').map(({ digest }) => digest)
    assert.deepEqual(signed.toSorted(), truth.signatures(keys))
    assert.deepEqual(listed.shards, truth.shards)
    assert.deepEqual(listed.warc, truth.warc(keys))
    assert.deepEqual(listed.versions, truth.versions)
    assert.deepEqual(
      listed.listings.map(({ url: feedUrl, night }) => [feedUrl, night]),
      [[url('/feed.xml'), FIRST_NIGHT]],
    )
    assert.equal(listed.trainingSets.length, 2)
    assert.equal(listed.checkpoints.length, 2)
    assert.equal(listed.exports.length, 1)
  })

  test('nobody is taken at a word that was not given', async () => {
    const { code, stderr } = await workspace.run('corpus', 'takedown', url('/a/1.html'), '--reason', '요청')
    assert.equal(code, 2)
    assert.match(stderr, /--yes/)
    const unreasoned = await workspace.run('corpus', 'takedown', url('/a/1.html'), '--yes')
    assert.equal(unreasoned.code, 2)
    assert.match(unreasoned.stderr, /--reason/)
    assert.ok((await scan(NEEDLE)).length > 0)
  })

  describe('that was carried out', () => {
    let report: Report

    before(async () => {
      const [done] = await takedown(url('/a/1.html'), '--reason', '요청', '--yes')
      assert.ok(done)
      report = done
    })

    test('lists the same places as the dry run', () => {
      assert.deepEqual(report.places, listed)
    })

    test('no file of the workspace, the database or the export holds the text', async () => {
      assert.deepEqual(await scan(NEEDLE), [])
      assert.deepEqual(await scan(REVISED), [])
    })

    test('what else was there still is', async () => {
      assert.ok((await scan(SECOND)).length > 0)
      const documents = await workspace.json<{ readonly url: string }>(
        'corpus',
        'query',
        '--dataset',
        'all',
        '--version',
        '1',
      )
      assert.equal(documents.length, (truth.documents.get('all@1') ?? 0) - 1)
    })

    test('is attested to, signed, without the text; and a changed attestation is refused', async () => {
      const path = join(workspace.folder, report.attestation)
      const text = readFileSync(path, 'utf8')
      assert.doesNotMatch(text, /나침반/)
      const attestation = JSON.parse(text)
      assert.deepEqual(attestation.places, listed)
      assert.ok(attestation.redactions.length > 0)
      assert.match(attestation.backups, /30 days/)
      const [verified] = await takedown('--verify', report.attestation)
      assert.deepEqual(verified, { ...verified, signature: 'valid', left: [] })
      const changed = join(workspace.folder, 'changed.json')
      writeFileSync(changed, text.replace('"요청"', '"다른 까닭"'))
      const refused = await workspace.run('corpus', 'takedown', '--verify', changed)
      assert.equal(refused.code, 2)
      assert.match(refused.stderr, /signature does not match/)
    })

    test('the old versions say so, and are verified through what replaced their objects', async () => {
      const versions = await workspace.json<{ readonly version: string; readonly takenDown: number }>(
        'corpus',
        'versions',
      )
      assert.deepEqual(
        versions.map(({ version, takenDown }) => ({ version, takenDown })),
        [
          { version: 'all@1', takenDown: 1 },
          { version: 'all@2', takenDown: 1 },
        ],
      )
      for (const args of [
        ['corpus', 'show', 'all@1'],
        ['lineage', 'all@1', '--up'],
        ['corpus', 'report', 'all@1', '--out', 'report.html'],
        ['corpus', 'what-if', 'min_chars=50', '--version', '1', '--samples', '5'],
      ]) {
        const { code, stderr } = await workspace.run(...args)
        assert.equal(code, 0, `${args.join(' ')}: ${stderr}`)
      }
      for (const version of ['all@1', 'all@2']) {
        const [built] = await workspace.json<{ readonly executed: readonly object[] }>('build', version)
        assert.deepEqual(built?.executed, [], version)
      }
    })

    test('training on such a version warns, and the checkpoints of before are marked', async () => {
      const trained = await train('all@1', 1)
      assert.equal(trained.code, 0, trained.stderr)
      assert.match(trained.stderr, /1 documents of all@1 were taken down/)
      const outcome = JSON.parse(trained.stdout.trim().split('\n').at(-1) ?? '')
      assert.deepEqual([outcome.takenDown, outcome.takedowns], [1, []])
      const [status] = await workspace.json<{
        readonly checkpoints: readonly { readonly checkpoint: string; readonly trainedBeforeTakedown: string | null }[]
      }>('status')
      const marked = status?.checkpoints.filter(({ trainedBeforeTakedown }) => trainedBeforeTakedown !== null)
      assert.deepEqual(
        marked?.map(({ checkpoint }) => checkpoint).toSorted(),
        listed.checkpoints.map((digest) => digest.slice(0, 12)).toSorted(),
      )
    })

    test('the page is not asked for again, and the next version is without it', async () => {
      const before = site.log.length
      site.pages.set('/a/1.html', articlePage('나침반 이야기', [...said, '다시 고친 글이다.']))
      site.pages.set('/a/4.html', articlePage('이야기 4', paragraphs(44)))
      const [outcome] = await workspace.json<{ readonly version: string }>('run', '--night', THIRD_NIGHT)
      assert.equal(outcome?.version, 'all@3')
      const asked = site.log.slice(before).map(({ path }) => path)
      assert.ok(asked.includes('/a/4.html'))
      assert.ok(!asked.includes('/a/1.html') && !asked.includes('/a/2.html'), asked.join(' '))
      const changes = await workspace.json<{ readonly url: string; readonly cause: string; readonly change: string }>(
        ...['corpus', 'diff', 'all@2', 'all@3'],
      )
      const gone = changes.filter(({ change }) => change === 'removed')
      assert.deepEqual(
        gone.map(({ cause }) => cause),
        ['takedown'],
      )
      assert.deepEqual(await scan(NEEDLE), [])
    })

    test('why tells of it', async () => {
      const [story] = await workspace.json<{
        readonly state: string
        readonly reason: string
        readonly takedown: { readonly takedown: number; readonly scope: string; readonly reason: string }
      }>('why', url('/a/1.html'))
      assert.deepEqual([story?.state, story?.reason], ['refused', 'taken down'])
      assert.deepEqual(
        [story?.takedown.takedown, story?.takedown.scope, story?.takedown.reason],
        [report.takedown, 'cluster', '요청'],
      )
    })

    test('asked for again, it finds nothing that is left', async () => {
      const [again] = await workspace.json<Report & { readonly takenDownBefore: number }>(
        ...['corpus', 'takedown', url('/a/1.html'), '--reason', '요청', '--yes'],
      )
      assert.deepEqual([again?.takedown, again?.places.documents, again?.takenDownBefore], [null, [], 3])
    })

    test('killed at any moment, it is finished by the next command', async () => {
      assert.ok((await scan(SECOND)).length > 0)
      for (const moment of [/records/, /shard/, /tables/, /text: rewritten/, /looking again/]) {
        await killedAt(workspace, moment, ['corpus', 'takedown', url('/a/7.html'), '--reason', '둘째', '--yes'])
        const [status] = await workspace.json<{ readonly takedowns: readonly { readonly state: string }[] }>('status')
        assert.equal(status?.takedowns[0]?.state, 'running', String(moment))
      }
      await workspace.json('build', 'all')
      const [status] = await workspace.json<{ readonly takedowns: readonly { readonly state: string }[] }>('status')
      assert.deepEqual(
        status?.takedowns.map(({ state }) => state),
        ['done', 'done'],
      )
      assert.deepEqual(await scan(SECOND), [])
      const [verified] = await takedown('--verify', '.malmoi/takedowns/2.json')
      assert.deepEqual(verified, { ...verified, signature: 'valid', left: [] })
    })
  })
})

interface Report {
  readonly takedown: number | null
  readonly places: Places
  readonly attestation: string
}

/** Starts the command and kills it when it says on standard error that it has come so far. */
async function killedAt(workspace: TestWorkspace, moment: RegExp, args: readonly string[]): Promise<void> {
  const child = workspace.start(...args)
  let heard = ''
  child.stdin?.end()
  child.stdout?.resume()
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    heard += text
    if (moment.test(heard)) child.kill('SIGKILL')
  })
  const [, signal] = await once(child, 'close')
  assert.equal(signal, 'SIGKILL', `${moment}: ${heard}`)
}

interface Truth {
  readonly texts: readonly string[]
  /** Names of the compressed objects that hold one of the texts. */
  readonly objects: readonly string[]
  readonly shards: Places['shards']
  readonly versions: Places['versions']
  /** How many documents each version has. */
  readonly documents: ReadonlyMap<string, number>
  /** Signatures with one of these documents. */
  signatures(keys: readonly string[]): readonly string[]
  /** Records of WARC files that hold one of the texts, or are of one of these addresses. */
  warc(keys: readonly string[]): Places['warc']
}

/** Where the texts are, found by reading everything, without asking the tables that a takedown asks. */
async function bruteForce(workspace: TestWorkspace, texts: readonly string[]): Promise<Truth> {
  const inside = join(workspace.folder, '.malmoi')
  const holds = (content: string) => texts.some((text) => content.includes(text))
  const files = readdirSync(join(inside, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const path = (digest: string) => join(inside, 'objects', digest.slice(0, 2), digest)
  const decoded = files
    .filter(({ name }) => name.endsWith('.zst'))
    .map(({ name, parentPath }) => ({
      digest: name.slice(0, 64),
      content: zstdDecompressSync(readFileSync(join(parentPath, name))).toString('utf8'),
    }))
  const objects = decoded.filter(({ content }) => holds(content))
  const lines = objects.flatMap(({ content }) =>
    content
      .split('\n')
      .filter(holds)
      .map((line) => JSON.parse(line)),
  )
  const cleaned = lines.filter((line) => line.kept === true).map((line): string => line.digest)
  const shards = decoded
    .flatMap(({ content }) => (content.startsWith('{"tokenizer"') ? content.trim().split('\n') : []))
    .map((line) => JSON.parse(line))
    .flatMap(({ tokenizer: model, bin, ends, docs }) => {
      const tokenizer = createTokenizer(readFileSync(path(model)))
      const shard = openShard({ tokens: { path: path(bin) }, ends: { path: path(ends) }, docs: { path: path(docs) } })
      const ranges = Array.from({ length: shard.documents }, (_, index) => shard.document(index))
        .filter(({ ids }) => holds(tokenizer.decode(ids)))
        .map(({ start, ids }) => [start, ids.length] as const)
      return ranges.length === 0 ? [] : [{ digest: String(bin), ranges }]
    })
  const documents = new Map<string, number>()
  const versions: { version: string; documents: number }[] = []
  for (const { version } of await workspace.json<{ readonly version: string }>('corpus', 'versions')) {
    const rows = await workspace.json<{ readonly text: string }>(
      ...['corpus', 'query', '--dataset', 'all', '--version', version.slice(4)],
    )
    documents.set(version, rows.length)
    const holding = rows.filter(({ text }) => holds(text)).length
    if (holding > 0) versions.push({ version, documents: holding })
  }
  return {
    texts: [...new Set(cleaned)].toSorted(),
    objects: objects.map(({ digest }) => digest).toSorted(),
    shards: shards.toSorted((a, b) => (a.digest < b.digest ? -1 : 1)),
    versions,
    documents,
    signatures: (keys) =>
      decoded
        .filter(
          ({ content }) => content.includes('{"words":') && content.split('\n').some(isSignatureOf(new Set(keys))),
        )
        .map(({ digest }) => digest)
        .toSorted(),
    warc: (keys) => warcRecords(inside, keys, holds),
  }
}

/** Whether a line says what deduplication compares of the text of one of these documents. */
function isSignatureOf(keys: ReadonlySet<string>): (line: string) => boolean {
  return (text) => {
    if (text === '') return false
    const line: { readonly key?: string; readonly text?: string | null; readonly bytes?: number } = JSON.parse(text)
    return line.bytes !== undefined && typeof line.text === 'string' && keys.has(line.key ?? '')
  }
}

/** Offset and length of the members that hold the texts or are of these addresses, response and request together. */
function warcRecords(inside: string, keys: readonly string[], holds: (content: string) => boolean): Places['warc'] {
  const names = readdirSync(join(inside, 'warc'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.gz'),
  )
  return names
    .map((name) => join('warc', name))
    .toSorted()
    .flatMap((file) => {
      const bytes = readFileSync(join(inside, file))
      const records: [number, number][] = []
      for (const [start, end] of membersOf(bytes)) {
        const head = gunzipSync(bytes.subarray(start, end)).toString('utf8')
        const target = /^WARC-Target-URI: (.*)\r$/m.exec(head)?.[1] ?? ''
        const last = records.at(-1)
        // The request of an exchange stands behind its response.
        if (/^WARC-Type: request/m.test(head) && last && last[0] + last[1] === start) last[1] += end - start
        else if (keys.includes(target) || holds(head)) records.push([start, end - start])
      }
      return records.length === 0 ? [] : [{ file, records }]
    })
}

/** Where gzip members begin and end: at their magic, wherever what stands between can be decompressed. */
function membersOf(bytes: Buffer): readonly (readonly [number, number])[] {
  const magic = Buffer.from([0x1f, 0x8b, 8])
  const members: [number, number][] = []
  let start = 0
  for (let next = bytes.indexOf(magic, 1); start < bytes.length; next = bytes.indexOf(magic, next + 1)) {
    const end = next < 0 ? bytes.length : next
    if (end === bytes.length || isWhole(bytes.subarray(start, end))) {
      members.push([start, end])
      start = end
    }
    if (next < 0) break
  }
  return members
}

function isWhole(member: Uint8Array): boolean {
  try {
    gunzipSync(member)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error) return false
    throw error
  }
}
