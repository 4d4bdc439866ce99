/** Arrows point one way: contract ← domains and store ← train, evaluate ← pipeline ← cli. Domains meet only in pipeline/stages. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))

/** Which folders a folder may import from, beside itself and the contract. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  crawler: [],
  clean: [],
  dedupe: [],
  tokenize: [],
  model: [],
  migrations: [],
  store: ['migrations'],
  train: ['model', 'tokenize'],
  evaluate: ['model', 'tokenize'],
  demo: [],
  report: [],
  export: [],
  pipeline: ['crawler', 'clean', 'dedupe', 'tokenize', 'model', 'train', 'evaluate', 'report', 'export', 'store'],
  api: ['pipeline', 'store', 'cli'],
  cli: [
    'pipeline',
    'crawler',
    'clean',
    'dedupe',
    'tokenize',
    'model',
    'train',
    'evaluate',
    'report',
    'export',
    'store',
    'demo',
  ],
}

/** Types that all may import. */
const CONTRACT = new Set(['pipeline/contract.ts', 'pipeline/crawl-contract.ts'])

function sources(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && statSync(join(root, folder, name)).isFile())
    .map((name) => join(folder, name))
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(join(root, file), 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(([, path = '']) =>
    normalize(join(dirname(file), path)),
  )
}

test('no import runs against the arrows', () => {
  const wrong = Object.entries(mayImport).flatMap(([folder, allowed]) =>
    sources(folder).flatMap((file) =>
      importsOf(file)
        .filter((target) => !CONTRACT.has(target) && target !== 'index.ts')
        .filter((target) => ![folder, ...allowed].includes(target.split('/')[0] ?? ''))
        .map((target) => `${file} imports ${target}`),
    ),
  )
  assert.deepEqual(wrong, [])
})

test('the contract imports nothing', () => {
  assert.doesNotMatch(readFileSync(join(root, 'pipeline/contract.ts'), 'utf8'), /^import /m)
})
