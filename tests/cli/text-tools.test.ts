/** The text stages as tools that pipe: each reads what the one before writes. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { readArticles } from '../../demo/articles.ts'
import { COMMAND, createWorkspace, type TestWorkspace } from '../support/command.ts'
import { articlePage } from '../support/web.ts'
import { loadReference } from '../tokenize/reference.ts'

let workspace: TestWorkspace
const path = (name: string) => join(workspace.folder, name)
const lines = (text: string) => text.trimEnd().split('\n')

/** Runs a shell line in the workspace, with `malmoi` on it. */
function shell(line: string): string {
  const malmoi = `'${process.execPath}' '${COMMAND}'`
  return execFileSync('sh', ['-c', line.replaceAll('malmoi ', `${malmoi} `)], {
    cwd: workspace.folder,
    encoding: 'utf8',
  })
}

before(() => {
  workspace = createWorkspace()
  const texts = readArticles().map(({ title, blocks }) => ({
    title,
    paragraphs: blocks.flatMap((block) => (block.kind === 'paragraph' ? [block.text] : [])),
  }))
  const page = (index: number) => articlePage(texts[index]?.title ?? '', texts[index]?.paragraphs ?? []).body
  for (let index = 0; index < 6; index++) writeFileSync(path(`${index}.html.gz`), gzipSync(page(index)))
  writeFileSync(path('copy.html'), page(0))
  writeFileSync(path('short.html'), articlePage('짧은 글', ['짧다.']).body)
  const corpus = texts.map(({ title, paragraphs }) => JSON.stringify({ id: title, text: paragraphs.join('\n') }))
  writeFileSync(path('corpus.jsonl'), `${corpus.join('\n')}\n`)
})

after(() => workspace.remove())

test('extract | clean | dedupe | shards write: from pages to tokens', () => {
  shell('malmoi tokenizer train corpus.jsonl --vocab-size 2000 --out ko.model')
  const judged = lines(shell('malmoi extract *.html.gz copy.html short.html | malmoi clean')).map((line) =>
    JSON.parse(line),
  )
  assert.equal(judged.length, 8)
  assert.deepEqual(
    judged.filter(({ kept }) => !kept).map(({ id, rule, threshold }) => ({ id, rule, threshold })),
    [{ id: 'short', rule: 'min_chars', threshold: 100 }],
  )
  assert.ok(
    judged.every(({ title, file, measures }) => title && file && measures),
    'fields pass through',
  )
  const decided = lines(shell('malmoi extract *.html.gz copy.html short.html | malmoi clean | malmoi dedupe'))
  const dropped = decided.map((line) => JSON.parse(line)).filter(({ kept }) => !kept)
  assert.deepEqual(
    dropped.map(({ id, owner, similarity }) => ({ id, owner, similarity })),
    [{ id: 'copy', owner: '0', similarity: 1 }],
  )
  const written = shell(
    'malmoi extract *.html.gz copy.html short.html | malmoi clean | malmoi dedupe | malmoi shards write --tokenizer ko.model --out shards --json',
  )
  assert.equal(JSON.parse(written).documents, 6)
  const [shard] = lines(shell('malmoi shards inspect shards --tokenizer ko.model --limit 1 --json')).map((line) =>
    JSON.parse(line),
  )
  assert.equal(shard.samples[0].text, judged[0].text)
})

test('clean masks personal data, drops its record, or leaves it, as it is told', () => {
  const record = JSON.stringify({ id: 'a', text: '문의는 010-1234-5678로 해 주세요.' })
  writeFileSync(path('phone.jsonl'), `${record}\n`)
  const cleaned = (action: string) =>
    JSON.parse(shell(`malmoi clean phone.jsonl --set min_chars=5,stop_words=off --personal ${action}`))
  assert.equal(cleaned('mask').text, '문의는 <전화번호>로 해 주세요.')
  assert.deepEqual(cleaned('mask').personal, [{ kind: 'phone', start: 4, length: 6 }])
  assert.equal(cleaned('drop').rule, 'pii_phone')
  assert.equal(cleaned('keep').text, JSON.parse(record).text)
})

test('encode gives the ids of SentencePiece, and decode gives the text back', async () => {
  const text = lines(readFileSync(path('corpus.jsonl'), 'utf8')).flatMap((line) =>
    String(JSON.parse(line).text).split('\n'),
  )
  writeFileSync(path('lines.txt'), `${text.join('\n')}\n`)
  const encoded = shell('malmoi tokenizer encode --tokenizer ko.model lines.txt')
  const reference = await loadReference(readFileSync(path('ko.model')))
  for (const [index, ids] of encoded.trimEnd().split('\n').entries()) {
    assert.equal(ids, reference.encodeIds(text[index] ?? '').join(' '), text[index])
  }
  assert.equal(
    shell('malmoi tokenizer encode --tokenizer ko.model lines.txt | malmoi tokenizer decode --tokenizer ko.model'),
    `${text.join('\n')}\n`,
  )
})

test('what is not there, or is no model, is named', async () => {
  const missing = await workspace.run('extract', 'nowhere.html')
  assert.equal(missing.code, 2)
  assert.match(missing.stderr, /nowhere\.html cannot be read/)
  const wrong = await workspace.run('tokenizer', 'encode', '--tokenizer', 'corpus.jsonl', 'lines.txt')
  assert.equal(wrong.code, 1)
  assert.match(wrong.stderr, /^malmoi: .*model/m)
  const full = await workspace.run('tokenizer', 'train', 'corpus.jsonl', '--vocab-size', '60000', '--out', 'big.model')
  assert.equal(full.code, 1)
  assert.match(full.stderr, /malmoi: .*60000.*\d+ at most/)
})
