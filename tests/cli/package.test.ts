/** What `npm pack` ships: JavaScript that runs under node_modules without our sources, and types for a config. */
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { writeNotes } from '../support/notes.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const LEFT_OUT = ['.git', '.malmoi', '.npmrc', 'bench', 'dist', 'node_modules', 'tests']

const CONFIG = `import { defineConfig } from 'malmoi'
export default defineConfig({
  sources: [{ name: 'notes', kind: 'files', path: 'notes.jsonl', licence: 'CC0-1.0' }],
  datasets: { notes: { validation: 0.2, train: { preset: 'test', steps: 3, batch: 2, threads: 1 } } },
})
`

const PROGRAM = `import { open } from 'malmoi'
await using corpus = await open('.')
let [documents, bytes] = [0, 0]
const fields = ['url', 'text', 'chars'] as const
for await (const row of corpus.query({ dataset: 'notes', version: 1, where: 'chars > 0', fields })) {
  const { url, text, chars }: { url: string; text: string; chars: number | null } = row
  if (url === '' || chars === null || chars > text.length) throw new Error(url)
  documents++
  bytes += new TextEncoder().encode(text).length
}
const { recipe: _, frozenAt, ...version } = await corpus.version('notes@1')
console.log(JSON.stringify({ documents, bytes, count: await corpus.count({ dataset: 'notes' }), version, frozenAt }))
`

describe('the package', () => {
  let workspace: TestWorkspace
  let folder: string
  let modules: string

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'malmoi-package-'))
    workspace = createWorkspace()
    modules = join(workspace.folder, 'node_modules')
    pack(folder)
    install(join(folder, 'malmoi-0.1.0.tgz'), modules)
  })
  after(async () => {
    rmSync(folder, { recursive: true, force: true })
    await workspace.remove()
  })

  test('holds no source of ours but types, and the site of the demo', () => {
    const files = readdirSync(join(modules, 'malmoi'), { recursive: true, encoding: 'utf8' })
    assert.deepEqual(
      files.filter((name) => /(?<!\.d)\.ts$/.test(name) && !name.startsWith('dist/node_modules')),
      [],
    )
    assert.ok(files.includes('dist/demo/site/articles'))
    assert.ok(files.includes('dist/train/engines/onnx-child.js'))
  })

  test('every stage has the code version that it has in a clone', async () => {
    const clone = await codeVersions(join(folder, 'clone'), 'ts')
    const packed = await codeVersions(join(modules, 'malmoi/dist'), 'js')
    assert.ok(clone.size >= 10)
    assert.deepEqual(packed, clone)
  })

  test('a config that imports from malmoi passes the compiler, and one with a misspelt field does not', () => {
    const check = (config: string) => {
      writeFileSync(join(workspace.folder, 'malmoi.config.ts'), config)
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', '']
      const tsc = join(root, 'node_modules/.bin/tsc')
      return spawnSync(tsc, [...options, 'malmoi.config.ts'], { cwd: workspace.folder, encoding: 'utf8' }).stdout
    }
    assert.match(check(CONFIG.replace('licence', 'license')), /'license' does not exist/)
    assert.equal(check(CONFIG), '')
  })

  test('runs the whole plan, workers and training process included, and a clone finds nothing left to do', async () => {
    writeNotes(workspace.folder)
    writeFileSync(join(workspace.folder, 'malmoi.config.ts'), CONFIG)
    writeFileSync(join(workspace.folder, 'package.json'), '{ "type": "commonjs" }')
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(modules, 'malmoi/bin/malmoi.js'), 'run', '--night', '2026-11-01', '--json'],
      { cwd: workspace.folder, encoding: 'utf8' },
    )
    assert.equal(status, 0, stderr)
    assert.doesNotMatch(stderr, /warning/i)
    const outcome: { readonly executed: readonly unknown[]; readonly checkpoint: string } = JSON.parse(stdout)
    assert.equal(outcome.executed.length, 11)
    const [again] = await workspace.json<typeof outcome>('run', '--night', '2026-11-01')
    assert.deepEqual(again?.executed, [])
    assert.equal(again?.checkpoint, outcome.checkpoint)
  })

  test('a program streams a version, its rows typed by the fields it asks for', () => {
    const file = join(workspace.folder, 'read.mts')
    const check = (program: string) => {
      writeFileSync(file, program)
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'esnext', '--types', '']
      const tsc = join(root, 'node_modules/.bin/tsc')
      return spawnSync(tsc, [...options, 'read.mts'], { cwd: workspace.folder, encoding: 'utf8' }).stdout
    }
    assert.match(check(PROGRAM.replace('const { url,', 'const { titel,')), /'titel' does not exist/)
    assert.match(check(PROGRAM.replace('where:', 'were:')), /'were' does not exist/)
    assert.equal(check(PROGRAM), '')
    const { stdout, stderr, status } = spawnSync(process.execPath, [file], { cwd: workspace.folder, encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    const { documents, bytes, count, version } = JSON.parse(stdout)
    assert.ok(documents > 0)
    assert.deepEqual([count, version.documents, version.bytes], [{ documents, bytes }, documents, bytes])
  })
})

/** `npm pack` in a copy of the clone, so that no `dist` appears in the clone itself. */
function pack(folder: string): void {
  const clone = join(folder, 'clone')
  cpSync(root, clone, { recursive: true, filter: (path) => !LEFT_OUT.includes(relative(root, path)) })
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  execFileSync('npm', ['pack', '--pack-destination', folder, '--loglevel', 'error'], {
    cwd: clone,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
}

/** As `npm install` would lay it out: the package itself, and of everything else what is no devDependency. */
function install(tarball: string, modules: string): void {
  const target = join(modules, 'malmoi')
  mkdirSync(target, { recursive: true })
  execFileSync('tar', ['-xzf', tarball, '--strip-components', '1', '-C', target])
  const { dependencies, optionalDependencies } = JSON.parse(readFileSync(join(target, 'package.json'), 'utf8'))
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    mkdirSync(dirname(join(modules, name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(modules, name))
  }
}

async function codeVersions(folder: string, extension: 'ts' | 'js'): Promise<ReadonlyMap<string, string>> {
  const { createCodeVersions } = await import(pathToFileURL(join(folder, `pipeline/code-version.${extension}`)).href)
  const codeOf: (adapter: URL) => string = createCodeVersions()
  const stages = join(folder, 'pipeline/stages')
  const names = readdirSync(stages).filter((name) => name.endsWith(`.${extension}`) && !name.endsWith('.d.ts'))
  return new Map(
    names.toSorted().map((name) => [name.split('.')[0] ?? '', codeOf(pathToFileURL(join(stages, name)))] as const),
  )
}
