/** A version exported and read back: the same texts and licences in another workspace, which knows where they are from. */
import assert from 'node:assert/strict'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { prose } from '../support/prose.ts'

const NIGHT = '2026-11-01'
const FORMATS = ['parquet', 'jsonl', 'dolma'] as const
/** What is asked of every document: nothing that a text without paragraphs fails. */
const datasets = { town: { cleaning: { rules: { min_chars: 50 } } } }

interface Exported {
  readonly version: string
  readonly path: string
  readonly files: readonly {
    readonly path: string
    readonly sha256: string
    readonly bytes: number
    readonly documents: number
  }[]
  readonly manifest: string
}

interface Row {
  readonly source: string
  readonly url: string
  readonly title: string
  readonly published: string | null
  readonly licence: string
  readonly text: string
}

const workspaces: TestWorkspace[] = []
function open(sources: readonly object[]): TestWorkspace {
  const workspace = createWorkspace()
  workspaces.push(workspace)
  workspace.configure({ sources, datasets })
  return workspace
}
const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('')
const record = (id: string, seed: number) => ({
  id: `https://town.example/${id}`,
  title: `${id} "이야기"`,
  published: '2024-05-01',
  text: prose(seed),
})

let town: TestWorkspace
const folder = (format: string) => join(town.folder, 'out', format)
const exportTo = async (format: string, to = folder(format)): Promise<Exported> => {
  const [exported] = await town.json<Exported>(
    ...['corpus', 'export', 'town@1', '--to', to, '--format', format, '--card', '--croissant', '--shard-bytes', '3000'],
  )
  assert.ok(exported)
  return exported
}
const documents = (workspace: TestWorkspace) => workspace.json<Row>('corpus', 'query', '--dataset', 'town')
const essence = (rows: readonly Row[]) =>
  rows
    .map(({ title, published, licence, text }) => ({ title, published, licence, text }))
    .toSorted((a, b) => (a.text < b.text ? -1 : 1))
const bytesOf = (path: string) =>
  Object.fromEntries(
    readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.includes('.'))
      .toSorted()
      .map((name) => [name, readFileSync(join(path, name)).toString('base64')]),
  )

before(async () => {
  const source = (name: string) => ({ name, kind: 'files', path: `${name}.jsonl`, licence: 'CC-BY-4.0' })
  town = open([source('market'), source('river')])
  writeFileSync(
    join(town.folder, 'market.jsonl'),
    lines([...Array.from({ length: 8 }, (_, at) => record(`m${at}`, at)), { ...record('own', 90), licence: 'KOGL-1' }]),
  )
  writeFileSync(join(town.folder, 'river.jsonl'), lines([record('m0', 50), { id: 'r1', text: prose(51) }]))
  await town.json('run', 'snapshot', '--night', NIGHT)
})
after(() => Promise.all(workspaces.map((workspace) => workspace.remove())))

for (const format of FORMATS) {
  test(`${format}: the same version gives the same bytes, and an earlier export is replaced by them`, async () => {
    const first = await exportTo(format)
    const bytes = bytesOf(first.path)
    assert.equal(first.version, 'town@1')
    assert.ok(first.files.filter(({ documents: count }) => count > 0).length > 2)
    assert.deepEqual(await exportTo(format), first)
    assert.deepEqual(bytesOf(first.path), bytes)
    const elsewhere = await exportTo(format, join(town.folder, 'elsewhere', format))
    assert.equal(elsewhere.manifest, first.manifest)
    assert.deepEqual(
      readdirSync(join(town.folder, 'out')).filter((name) => name.includes('-')),
      [],
    )
  })
}

test('lines are sorted by source and address, and hold what is known of each document', () => {
  const path = folder('jsonl')
  const rows = readdirSync(join(path, 'data'))
    .toSorted()
    .flatMap((name) =>
      gunzipSync(readFileSync(join(path, 'data', name)))
        .toString('utf8')
        .trim()
        .split('\n'),
    )
    .map((line): Record<string, string | null> => JSON.parse(line))
  const names = rows.map(({ source, url }) => `${source} ${url}`)
  assert.equal(rows.length, 11)
  assert.deepEqual(names, names.toSorted())
  const own = rows.find(({ url }) => url === 'https://town.example/own')
  assert.deepEqual(
    [own?.licence, own?.day, own?.night, own?.published, own?.text],
    ['KOGL-1', '2024-05-01', NIGHT, '2024-05-01', prose(90)],
  )
  assert.deepEqual(
    rows.filter(({ url }) => url === 'r1').map(({ licence, day, address }) => [licence, day, address]),
    [['CC-BY-4.0', NIGHT, 'urn:malmoi:river:r1']],
  )
})

test('the card says what the corpus is of, what was left out, and by which thresholds', () => {
  const card = readFileSync(join(folder('parquet'), 'README.md'), 'utf8')
  assert.match(card, /^---\n[\s\S]*- cc-by-4\.0\n- other\nlicense_name: "KOGL-1"[\s\S]*num_examples: 11\n[\s\S]*---\n/)
  assert.match(card, /\| market \| files \| CC-BY-4\.0 \| – \| – \| 9 \|/)
  assert.match(card, /\| market \| 9 \| 0 \| 0 \| 0 \| 0 \| 9 \|/)
  assert.match(card, /\| `min_chars` \| 정제한 글의 글자 수 \| 50 이상 \|/)
  assert.match(card, /문서 1건\(9\.1%\)은 문서가 스스로 밝힌 것/)
  assert.doesNotMatch(card, /undefined|NaN|null건/)
})

test('what stands in the place of an export and is none is left alone', async () => {
  const other = join(town.folder, 'mine')
  mkdirSync(other)
  writeFileSync(join(other, 'notes.txt'), '내 것')
  const refused = await town.run('corpus', 'export', 'town@1', '--to', other)
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /is no export \(it holds notes\.txt\): choose another folder/)
  writeFileSync(join(folder('dolma'), 'notes.txt'), '내 것')
  const mixed = await town.run('corpus', 'export', 'town@1', '--to', folder('dolma'))
  assert.match(mixed.stderr, /holds notes\.txt, which is not of its export of town@1/)
  assert.deepEqual([mixed.code, readdirSync(other)], [2, ['notes.txt']])
  const wrong = await town.run('corpus', 'export', 'town@1', '--to', other, '--format', 'parquett')
  assert.match(wrong.stderr, /did you mean parquet\?/)
})

test('every form is read back in another workspace: the same texts and licences, and where they are from', async () => {
  const wanted = essence(await documents(town))
  for (const format of FORMATS) {
    const elsewhere = open([{ name: 'unused', kind: 'files', path: 'unused.jsonl', licence: 'MIT' }])
    const copy = join(elsewhere.folder, 'copy')
    cpSync(join(town.folder, 'elsewhere', format), copy, { recursive: true })
    const [imported] = await elsewhere.json<{ manifest: string; version: string }>(
      ...['corpus', 'import', copy, '--source', 'town-import', '--night', '2026-11-05'],
    )
    assert.equal(imported?.version, 'town@1')
    writeFileSync(join(elsewhere.folder, 'unused.jsonl'), lines([record('unused', 77)]))
    await elsewhere.json('run', 'snapshot', '--night', '2026-11-05')
    const rows = await documents(elsewhere)
    assert.deepEqual(essence(rows.filter(({ source }) => source === 'town-import')), wanted, format)
    const why = await elsewhere.run('why', 'market:https://town.example/own')
    assert.match(
      why.stdout,
      new RegExp(
        `\\[imported from town@1, export ${imported?.manifest}; there source market, revision [0-9a-f]{64}\\]`,
      ),
    )
    assert.match(why.stdout, /states KOGL-1/)
  }
})

test('an export that is not whole is not imported, and nothing is written into the config', async () => {
  const elsewhere = open([{ name: 'unused', kind: 'files', path: 'unused.jsonl', licence: 'MIT' }])
  const config = readFileSync(join(elsewhere.folder, 'malmoi.config.ts'), 'utf8')
  const copy = join(elsewhere.folder, 'copy')
  cpSync(join(town.folder, 'elsewhere', 'jsonl'), copy, { recursive: true })
  const [first = ''] = readdirSync(join(copy, 'data')).toSorted()
  writeFileSync(join(copy, 'data', first), readFileSync(join(copy, 'data', first)).subarray(0, 100))
  const cut = await elsewhere.run('corpus', 'import', copy, '--source', 'town-import')
  assert.equal(cut.code, 1)
  assert.match(cut.stderr, /is altered or cut: .* copy the export again/)
  const none = await elsewhere.run('corpus', 'import', 'nowhere', '--source', 'town-import')
  assert.deepEqual([none.code, /there is no .*nowhere/.test(none.stderr)], [2, true])
  assert.equal(readFileSync(join(elsewhere.folder, 'malmoi.config.ts'), 'utf8'), config)
  assert.ok(!existsSync(join(elsewhere.folder, '.malmoi', 'objects')))
})

test('what the next export in the same place no longer holds is withdrawn where it was imported', async () => {
  const place = join(town.folder, 'elsewhere', 'jsonl')
  const elsewhere = open([{ name: 'unused', kind: 'files', path: 'unused.jsonl', licence: 'MIT' }])
  writeFileSync(join(elsewhere.folder, 'unused.jsonl'), lines([record('unused', 77)]))
  const importOf = async (night: string) => {
    const [imported] = await elsewhere.json<{ version: string; batches: { gone: number; unchanged: number }[] }>(
      ...['corpus', 'import', place, '--source', 'town-import', '--night', night],
    )
    await elsewhere.json('run', 'snapshot', '--night', night)
    const { gone, unchanged } = imported?.batches[0] ?? {}
    return { version: imported?.version, gone, unchanged, documents: (await documents(elsewhere)).length }
  }
  assert.deepEqual(await importOf('2026-11-05'), { version: 'town@1', gone: 0, unchanged: 0, documents: 12 })
  town.configure({
    sources: ['market', 'river'].map((name) => ({ name, kind: 'files', path: `${name}.jsonl`, licence: 'CC-BY-4.0' })),
    datasets: { town: { ...datasets.town, licences: ['CC-BY-4.0'] } },
  })
  await town.json('run', 'snapshot', '--night', NIGHT)
  await town.json('corpus', 'export', 'town@2', '--to', place, '--format', 'jsonl')
  assert.deepEqual(await importOf('2026-11-06'), { version: 'town@2', gone: 1, unchanged: 10, documents: 11 })
})

test("Dolma's documents of another corpus are imported with their licence, address and source", async () => {
  const elsewhere = open([{ name: 'unused', kind: 'files', path: 'unused.jsonl', licence: 'MIT' }])
  const documentsFolder = join(elsewhere.folder, 'pile', 'documents')
  mkdirSync(documentsFolder, { recursive: true })
  const row = (id: string, seed: number) => ({
    ...{
      id,
      text: prose(seed),
      source: 'wiki',
      added: '2026-01-01T00:00:00.000Z',
      created: '2023-04-05T00:00:00.000Z',
    },
    metadata: { license: 'CC-BY-SA-4.0', url: `https://wiki.example/${id}` },
  })
  writeFileSync(join(documentsFolder, 'wiki-0000.jsonl'), lines([row('1', 1), row('2', 2)]))
  const none = await elsewhere.run('corpus', 'import', 'pile', '--source', 'pile')
  assert.deepEqual([none.code, /--licence is missing/.test(none.stderr)], [2, true])
  const [imported] = await elsewhere.json<{ batches: { new: number }[] }>(
    ...[
      'corpus',
      'import',
      join(elsewhere.folder, 'pile'),
      '--source',
      'pile',
      '--licence',
      'unknown',
      '--night',
      NIGHT,
    ],
  )
  assert.equal(imported?.batches[0]?.new, 2)
  writeFileSync(join(elsewhere.folder, 'unused.jsonl'), lines([record('unused', 77)]))
  await elsewhere.json('run', 'snapshot', '--night', NIGHT)
  const rows = (await documents(elsewhere)).filter(({ source }) => source === 'pile')
  assert.deepEqual(
    rows.map(({ licence, published }) => [licence, published]),
    Array.from({ length: 2 }, () => ['CC-BY-SA-4.0', '2023-04-05T00:00:00.000Z']),
  )
  assert.match((await elsewhere.run('why', 'wiki:1')).stdout, /\[imported from a file; there source wiki\]/)
})
