/** A dataset's history at the command: a planted change told to the document, versions by name, old ones let go. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { sql } from 'kysely'
import { collectObjects, GRACE_MS } from '../../store/collect.ts'
import { connect } from '../../store/connect.ts'
import { openObjects } from '../../store/objects.ts'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

const NIGHTS = ['2026-11-01', '2026-11-02'] as const
const [LOW, HIGH] = [100, 300] as const
const notice = '이 글은 마을 기록 보관소가 펴내는 소식지에 실린 것으로, 옮겨 실을 때에는 출처를 밝혀 주시기 바랍니다.'
const ending = ' 끝으로 한마디 덧붙인다.'
/** Texts of which one is shorter than HIGH, and a copy with some words more is not. */
const shorter = 295
const [firstCluster, secondCluster] = [prose(300, 12).slice(0, shorter), prose(301, 12).slice(0, shorter)]

interface Entry {
  readonly id: string
  readonly text: string
}

const entries: Readonly<Record<'sea' | 'town', readonly Entry[]>> = {
  sea: [
    ...Array.from({ length: 8 }, (_, id) => ({ id: `sea-long-${id}`, text: prose(100 + id, 12) })),
    ...Array.from({ length: 2 }, (_, id) => ({ id: `sea-short-${id}`, text: prose(120 + id, 5) })),
    { id: 'sea-note', text: prose(140, 1) },
  ],
  town: [
    ...Array.from({ length: 8 }, (_, id) => ({ id: `town-long-${id}`, text: prose(200 + id, 12) })),
    ...Array.from({ length: 3 }, (_, id) => ({ id: `town-short-${id}`, text: prose(220 + id, 5) })),
    // The kept copy goes, and the other takes its place.
    { id: 'a-owner', text: firstCluster },
    { id: 'b-copy', text: `${firstCluster}${ending}` },
    // The copy that goes was in no version.
    { id: 'c-owner', text: `${secondCluster}${ending}` },
    { id: 'd-copy', text: secondCluster },
    // Who had the paragraph first goes, and the other gets it back.
    { id: 'e-notice', text: `${prose(302, 4)}\n\n${notice}` },
    { id: 'f-notice', text: `${prose(303, 12)}\n\n${notice}` },
  ],
}

let workspace: TestWorkspace
const write = (records: typeof entries) => {
  for (const [name, lines] of Object.entries(records))
    writeFileSync(join(workspace.folder, `${name}.jsonl`), lines.map((each) => `${JSON.stringify(each)}\n`).join(''))
}
const configure = (least: number, dataset: object = {}) =>
  workspace.configure({
    sources: ['sea', 'town'].map((name) => ({
      ...{ name, kind: 'files', path: `${name}.jsonl`, licence: 'CC0-1.0', snapshot: true },
    })),
    datasets: { all: { cleaning: { rules: { min_chars: least } }, ...dataset } },
  })

before(async () => {
  workspace = createWorkspace()
  write(entries)
  configure(LOW)
  await workspace.json('run', 'snapshot', '--night', NIGHTS[0])
})
after(() => workspace.remove())

interface Change {
  readonly change: string
  readonly cause: string
  readonly source: string
  readonly url: string
  readonly from: string | null
  readonly to: string | null
  readonly bytes: { readonly from: number | null; readonly to: number | null }
  readonly detail: Readonly<Record<string, unknown>> | null
}
interface Version {
  readonly version: string
  readonly documents: number
  readonly bytes: number
  readonly tags: readonly string[]
}

const diff = (from: string, to: string) => workspace.json<Change>('corpus', 'diff', from, to)
const versions = () => workspace.json<Version>('corpus', 'versions', 'all')
const whatIf = (threshold: number) =>
  workspace.json<{ source?: string; lost: number; gained: number; leaving: number; sample?: { url: string } }>(
    ...['corpus', 'what-if', `min_chars=${threshold}`, '--samples', '100'],
  )
const documents = async (version: string) => {
  const found = await workspace.json<{ url: string; text: string }>('corpus', 'query', '--version', version)
  return found.map(({ url, text }) => ({ url, text }))
}
const LISTS = ['dedupe', 'snapshot']
const executed = async (...args: readonly string[]) => {
  const lines = await workspace.json<{ executed?: readonly { stage: string }[] }>(...args)
  return lines.flatMap((line) => line.executed?.map(({ stage }) => stage) ?? [])
}
const urlsOf = (changes: readonly Change[], change: string, cause: string) =>
  changes.filter((each) => each.change === change && each.cause === cause).map(({ url }) => url)

async function assertSums(from: string, to: string): Promise<void> {
  const all = await versions()
  const [old, fresh] = [from, to].map((name) => all.find(({ version }) => version === name))
  assert.ok(old && fresh)
  const changes = await diff(from, to)
  const count = (kind: string) => changes.filter(({ change }) => change === kind).length
  assert.equal(old.documents + count('added') - count('removed'), fresh.documents)
  const grown = changes.reduce((sum, { bytes }) => sum + (bytes.to ?? 0) - (bytes.from ?? 0), 0)
  assert.equal(old.bytes + grown, fresh.bytes)
}

test('a rebuild with another threshold removes what what-if said, and every other change follows from those', async () => {
  const predicted = await whatIf(HIGH)
  configure(HIGH)
  await workspace.json('run', 'snapshot', '--night', NIGHTS[0])
  const changes = await diff('all@1', 'all@2')
  const rejected = changes.filter(({ cause }) => cause === 'rejected')
  const lost = predicted.flatMap(({ sample }) => (sample ? [sample.url] : []))
  for (const { source, leaving, lost: fewer } of predicted.filter(({ sample }) => !sample)) {
    assert.equal(rejected.filter((each) => each.source === source).length, leaving)
    assert.equal(fewer - leaving, source === 'town' ? 1 : 0)
  }
  assert.deepEqual(lost.filter((url) => url !== 'd-copy').toSorted(), urlsOf(changes, 'removed', 'rejected').toSorted())
  assert.deepEqual(urlsOf(changes, 'added', 'elected'), ['b-copy'])
  assert.deepEqual(urlsOf(changes, 'changed', 'paragraphs'), ['f-notice'])
  assert.equal(changes.length, rejected.length + 2)
  for (const { detail, bytes } of rejected) {
    const { rule, measured, threshold, before: past } = detail ?? {}
    assert.deepEqual([rule, threshold, past], ['min_chars', HIGH, LOW])
    assert.ok(Number(measured) >= LOW && Number(measured) < HIGH)
    assert.ok(bytes.from !== null && bytes.to === null)
  }
  const elected = changes.find(({ cause }) => cause === 'elected')
  assert.deepEqual(elected?.detail, { insteadOf: 'a-owner', source: 'town' })
  await assertSums('all@1', 'all@2')
})

test('with the old threshold back everything returns for that cause, and from end to end nothing differs', async () => {
  const predicted = await whatIf(LOW)
  configure(LOW)
  await workspace.json('run', 'snapshot', '--night', NIGHTS[0])
  const changes = await diff('all@2', 'all@3')
  const gained = predicted.flatMap(({ sample }) => (sample ? [sample.url] : []))
  const accepted = changes.filter(({ cause }) => cause === 'accepted')
  assert.deepEqual(gained.filter((url) => url !== 'd-copy').toSorted(), accepted.map(({ url }) => url).toSorted())
  for (const { detail } of accepted)
    assert.deepEqual([detail?.rule, detail?.threshold, detail?.before], ['min_chars', LOW, HIGH])
  const copy = changes.find(({ cause }) => cause === 'duplicate')
  assert.deepEqual([copy?.change, copy?.url, copy?.detail?.of], ['removed', 'b-copy', 'a-owner'])
  assert.ok(Number(copy?.detail?.similarity) >= 0.8)
  assert.deepEqual(urlsOf(changes, 'changed', 'paragraphs'), ['f-notice'])
  assert.equal(changes.length, accepted.length + 2)
  await assertSums('all@2', 'all@3')
  assert.deepEqual(await diff('all@1', 'all@3'), [])
})

test('--stat counts by rule and threshold, and ends with the sum in documents and in bytes', async () => {
  const { stdout } = await workspace.run('corpus', 'diff', 'all@1', 'all@2', '--stat')
  assert.match(stdout, /−7 +−[\d,]+ +removed +rejected +min_chars 100 → 300\n/)
  assert.match(stdout, /\+1 +\+[\d,]+ +added +elected\n/)
  assert.match(stdout, /documents {2}25 \+ 1 − 7 = 19\n/)
  assert.match(stdout, /bytes {6}[\d,]+ [+−] [\d,]+ = [\d,]+\n$/)
})

test('the statement of --sql gives the rows of the diff', async () => {
  const { stdout } = await workspace.run('corpus', 'diff', 'all@1', 'all@2', '--sql')
  const connection = await connect(workspace.folder, undefined)
  try {
    const { rows } = await sql
      .raw<{ bytes_from: number | null; bytes_to: number | null }>(stdout)
      .execute(connection.db)
    assert.deepEqual(
      rows.map(({ bytes_from, bytes_to, ...row }) => ({ ...row, bytes: { from: bytes_from, to: bytes_to } })),
      (await diff('all@1', 'all@2')).map(({ detail: _, ...change }) => change),
    )
  } finally {
    await connection.close()
  }
})

test('a text that was revised is told apart from a threshold that moved; --text shows it word by word', async () => {
  const [old, fresh] = [prose(200, 12), prose(200, 12).replace(/^\S+ \S+/, '오늘 저녁')]
  write({
    ...entries,
    town: entries.town.map((entry) => {
      if (entry.id === 'town-long-1') return { ...entry, text: prose(500, 1) }
      return entry.id === 'town-long-0' ? { ...entry, text: fresh } : entry
    }),
  })
  await workspace.json('run', 'snapshot', '--night', NIGHTS[1])
  const changes = await diff('all@3', 'all@4')
  assert.deepEqual(urlsOf(changes, 'changed', 'revised'), ['town-long-0'])
  const cut = changes.find(({ url }) => url === 'town-long-1')
  assert.deepEqual(
    [cut?.change, cut?.cause, cut?.detail?.threshold, cut?.detail?.before],
    ['removed', 'rejected', LOW, null],
  )
  const { stdout } = await workspace.run('corpus', 'diff', 'all@3', 'all@4', '--text', 'town-long-0')
  assert.match(stdout, /^town-long-0 {2}all@3 → all@4\n@@ -1 \+1 @@\n\[-.+-\]\{\+오늘 저녁 \+\}/)
  const [told] = await workspace.json<{ hunks: { parts: { change: string; text: string }[] }[] }>(
    ...['corpus', 'diff', 'all@3', 'all@4', '--text', 'town-long-0'],
  )
  const side = (without: string) =>
    told?.hunks
      .flatMap(({ parts }) => parts.filter(({ change }) => change !== without).map(({ text }) => text))
      .join('')
  assert.deepEqual([side('added'), side('removed')], [old, fresh])
  const unknown = await workspace.run('corpus', 'diff', 'all@3', 'all@4', '--text', 'nowhere')
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /neither all@3 nor all@4 holds nowhere/)
})

test('a tag stands wherever a number does, and moves only when it is told to', async () => {
  await workspace.json('corpus', 'tag', 'all@2', 'paper', '--pin')
  const [show] = await workspace.json<{ documents: number }>('corpus', 'show', 'all@paper')
  assert.equal(show?.documents, 19)
  assert.equal((await workspace.run('build', 'all@paper')).code, 0)
  const lineage = await workspace.run('lineage', 'all@paper', '--up')
  assert.match(lineage.stdout, /version .+all@2/)
  assert.deepEqual(
    (await versions()).map(({ tags }) => tags),
    [[], ['paper'], [], []],
  )
  const refused = async (...args: readonly string[]) => {
    const { code, stderr } = await workspace.run('corpus', 'tag', ...args)
    assert.equal(code, 2)
    return stderr
  }
  assert.match(await refused('all@3', 'paper', '--move'), /all@paper is all@2, and pinned/)
  assert.match(await refused('all@paper', '--delete'), /is pinned/)
  await workspace.json('corpus', 'tag', 'all@paper', '--unpin')
  assert.match(await refused('all@3', 'paper'), /all@paper is all@2: move it with --move/)
  await workspace.json('corpus', 'tag', 'all@1', 'first')
  await workspace.json('corpus', 'tag', 'all@3', 'paper', '--move')
  await workspace.json('corpus', 'tag', 'all@first', '--delete')
  assert.deepEqual(await workspace.json('corpus', 'tag', 'all'), [
    { tag: 'all@paper', version: 'all@3', pinned: false },
  ])
  for (const name of ['7', 'latest', 'a b', 'all@7'])
    assert.match(await refused('all@3', name), /is no tag: use letters/)
})

test('a version or dataset that is not there: what is, and the nearest name', async () => {
  const told = async (...args: readonly string[]) => {
    const { code, stderr } = await workspace.run(...args)
    assert.equal(code, 2)
    return stderr
  }
  assert.match(await told('corpus', 'diff', 'all@4', 'all@9'), /no version all@9; there is all@1, all@2, all@3, all@4/)
  assert.match(await told('corpus', 'show', 'all@papper'), /no version all@papper; .+; did you mean all@paper\?/)
  assert.match(await told('corpus', 'versions', 'al'), /no dataset al with versions; there is all; did you mean all\?/)
  assert.match(await told('build', 'all@9'), /no version all@9; there is/)
  assert.match(await told('build', 'alll@1'), /no dataset alll; did you mean all\?/)
})

test('prune lets go what nothing keeps, once it is told to; the rest answers as before', async () => {
  configure(LOW, { retention: { versions: 1 } })
  const kept = [await documents('all@3'), await documents('all@4'), await diff('all@3', 'all@4')]
  const shown = await workspace.json<{ version: string; kept: string | null }>('corpus', 'prune')
  assert.deepEqual(
    shown.map(({ version, kept: because }) => [version, because?.replace(/[0-9a-f]{12}/, 'T') ?? null]),
    [
      ['all@1', null],
      // What was built of it above trained the dataset's tokenizer.
      ['all@2', 'tokenizer T'],
      ['all@3', 'tag paper'],
      ['all@4', 'the latest'],
    ],
  )
  assert.equal((await versions()).length, 4)
  await workspace.json('corpus', 'prune', 'all', '--yes')
  assert.deepEqual(
    (await versions()).map(({ version }) => version),
    ['all@2', 'all@3', 'all@4'],
  )
  assert.deepEqual([await documents('all@3'), await documents('all@4'), await diff('all@3', 'all@4')], kept)
  assert.equal((await workspace.run('corpus', 'show', 'all@1')).code, 2)
  configure(HIGH, { retention: { versions: 1 } })
  await workspace.json('run', 'snapshot', '--night', NIGHTS[1])
  assert.deepEqual(
    (await versions()).map(({ version }) => version),
    ['all@2', 'all@3', 'all@4', 'all@5'],
  )
  await assertSums('all@3', 'all@5')
})

test('what only a version that went had need of is removed from the disk, and made again where it is asked for', async () => {
  const before = await documents('all@4')
  await workspace.json('corpus', 'prune', 'all', '--yes')
  assert.deepEqual(
    (await versions()).map(({ version }) => version),
    ['all@2', 'all@3', 'all@5'],
  )
  const connection = await connect(workspace.folder, undefined)
  try {
    const objects = openObjects(join(workspace.folder, '.malmoi', 'objects'))
    assert.equal((await collectObjects(connection.db, objects, GRACE_MS)).objects, 0)
    assert.ok((await collectObjects(connection.db, objects, 0)).objects >= 2)
    assert.equal((await collectObjects(connection.db, objects, 0)).objects, 0)
  } finally {
    await connection.close()
  }
  for (const version of ['all@2', 'all@3', 'all@5'])
    assert.deepEqual(
      (await executed('build', version)).filter((stage) => LISTS.includes(stage)),
      [],
    )
  configure(LOW)
  assert.deepEqual(
    (await executed('run', 'snapshot', '--night', NIGHTS[1])).filter((stage) => LISTS.includes(stage)),
    LISTS,
  )
  assert.deepEqual(await documents('all@6'), before)
})

test('prune without a rule says what to write', async () => {
  configure(LOW)
  const { code, stderr } = await workspace.run('corpus', 'prune', 'all')
  assert.equal(code, 2)
  assert.match(stderr, /dataset all has no rule of retention: write `retention: \{ versions: 30 \}`/)
})
