/** What moves the code version of a stage, and what does not. */
import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const copy = mkdtempSync(join(tmpdir(), 'malmoi-code-'))
const FOLDERS = [
  'clean',
  'crawler',
  'dedupe',
  'evaluate',
  'migrations',
  'model',
  'pipeline',
  'store',
  'tokenize',
  'train',
]

before(() => {
  for (const folder of FOLDERS) cpSync(join(root, folder), join(copy, folder), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
after(() => rmSync(copy, { recursive: true, force: true }))

async function versions(): Promise<(stage: string) => string> {
  const { createCodeVersions } = await import(pathToFileURL(join(copy, 'pipeline/code-version.ts')).href)
  const codeOf = createCodeVersions(join(copy, 'modules.json'))
  return (stage) => codeOf(pathToFileURL(join(copy, `pipeline/stages/${stage}.ts`)))
}

/** The code versions of two stages before and after a change of one file. */
async function changed(
  file: string,
  change: (text: string) => string,
  ...stages: readonly string[]
): Promise<boolean[]> {
  const path = join(copy, file)
  const text = readFileSync(path, 'utf8')
  const [earlier, rewritten] = [await versions(), change(text)]
  assert.notEqual(rewritten, text, 'the change changes something')
  const before = stages.map(earlier)
  writeFileSync(path, rewritten)
  const later = await versions()
  const after = stages.map(later)
  writeFileSync(path, text)
  return stages.map((_, index) => before[index] !== after[index])
}

test('comments, formatting and types do not count', async () => {
  const reformat = (text: string) =>
    `// another head\n${text.replaceAll('\n', '\n\n')}\ntype Unused = readonly string[]\nexport type { Unused }\n`
  assert.deepEqual(await changed('clean/filters/length.ts', reformat, 'clean'), [false])
})

test('a changed number in a rule counts for the stages that reach it, and for no other', async () => {
  const change = (text: string) => `${text}\nexport const extra = 42\n`
  assert.deepEqual(await changed('clean/filters/length.ts', change, 'clean', 'dedupe', 'tokenizer'), [
    true,
    false,
    false,
  ])
})

test('what runs in the training process counts for training', async () => {
  const change = (text: string) => `${text}\nexport const extra = 42\n`
  assert.deepEqual(await changed('train/optimizer.ts', change, 'train', 'clean'), [true, false])
})

test('the adapter, the store and the pipeline are left out', async () => {
  const change = (text: string) => `${text}\nexport const extra = 42\n`
  assert.deepEqual(await changed('pipeline/stages/clean.ts', change, 'clean'), [false])
  assert.deepEqual(await changed('store/documents.ts', change, 'clean'), [false])
})

test('two stages that reach different code have different versions', async () => {
  const codeOf = await versions()
  const stages = ['extract', 'clean', 'dedupe', 'tokenizer', 'shards', 'train', 'evaluate']
  assert.equal(new Set(stages.map(codeOf)).size, stages.length)
})
