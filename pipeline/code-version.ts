/**
 * The code version of a stage: a digest nobody has to remember to raise. It covers the syntax trees of the domain
 * modules that the stage's adapter reaches (types, comments and formatting do not count), the installed versions of
 * the libraries those import, and the Node, ICU and Unicode versions. The adapter, store and pipeline are left out.
 */
import { mkdirSync, readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire, isBuiltin, stripTypeScriptTypes } from 'node:module'
import { dirname, extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type NewExpression, parse, version } from 'acorn'
import type { Digest } from './contract.ts'
import { digestOf } from './digest.ts'

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)))
/** Some hundred modules, a few hundred bytes each, and what they were before. */
const KEPT_READINGS = 2_000
const DOMAINS = ['crawler', 'clean', 'dedupe', 'tokenize', 'model', 'train', 'evaluate']

/** What a module's text says, wherever the module lies. */
interface Reading {
  /** Digest of the syntax tree without positions. */
  readonly tree: Digest
  /** What it imports, and the modules it starts as processes. */
  readonly specifiers: readonly string[]
}

interface Module {
  readonly name: string
  readonly tree: Digest
  readonly modules: readonly string[]
  readonly libraries: readonly string[]
}

/**
 * Reads modules once a process; a run asks for a dozen stages that share most of theirs. With a `memo` file, a module's
 * text that was read by an earlier process is not parsed again, which is a third of the time of a run with nothing to do.
 */
export function createCodeVersions(memo?: string): (adapter: URL) => Digest {
  const readings = openReadings(memo)
  const modules = new Map<string, Module>()
  const read = (path: string): Module => {
    const known = modules.get(path)
    if (known) return known
    const module = describeModule(path, readings.of(path))
    modules.set(path, module)
    return module
  }
  return (adapter) => {
    const closure = new Map<string, Module>()
    const visit = (path: string) => {
      if (!inDomain(path) || closure.has(path)) return
      const module = read(path)
      closure.set(path, module)
      module.modules.forEach(visit)
    }
    const entry = fileURLToPath(adapter)
    read(entry).modules.forEach(visit)
    readings.keep()
    const own = [...closure.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
    const libraries = libraryVersions(own.flatMap((module) => module.libraries))
    const { node, icu, unicode } = process.versions
    return digestOf(
      ...own.flatMap((module) => [module.name, module.tree]),
      ...libraries,
      `node ${node} icu ${icu ?? ''} unicode ${unicode ?? ''}`,
    )
  }
}

/** Readings by the digest of the text and of everything that decides how it is read. */
function openReadings(memo: string | undefined) {
  const reader = digestOf(readFileSync(fileURLToPath(import.meta.url), 'utf8'), version, process.versions.node)
  const text = memo === undefined ? null : readIfThere(memo)
  const known = new Map<string, Reading>(text === null ? [] : JSON.parse(text))
  let added = false
  return {
    of(path: string): Reading {
      const source = readFileSync(path, 'utf8')
      const key = digestOf(reader, extname(path), source)
      const reading = known.get(key) ?? readModule(path, source)
      added ||= !known.has(key)
      known.set(key, reading)
      return reading
    },
    keep(): void {
      if (memo === undefined || !added) return
      added = false
      mkdirSync(dirname(memo), { recursive: true })
      const temporary = `${memo}.${process.pid}`
      writeFileSync(temporary, JSON.stringify([...known].slice(-KEPT_READINGS)))
      renameSync(temporary, memo)
    },
  }
}

function inDomain(path: string): boolean {
  return DOMAINS.includes(relative(ROOT, path).split(sep)[0] ?? '')
}

function describeModule(path: string, { tree, specifiers }: Reading): Module {
  return {
    name: relative(ROOT, path)
      .replaceAll(sep, '/')
      .replace(/\.[jt]s$/, ''),
    tree,
    modules: specifiers.filter((name) => name.startsWith('.')).map((name) => join(dirname(path), name)),
    libraries: specifiers.filter((name) => !name.startsWith('.') && !isBuiltin(name)).map(packageName),
  }
}

function readModule(path: string, source: string): Reading {
  const script = path.endsWith('.ts') ? withoutTypes(source) : source
  const specifiers: string[] = []
  const tree = JSON.stringify(parse(script, { ecmaVersion: 'latest', sourceType: 'module' }), (name, value) => {
    if (name === 'start' || name === 'end' || name === 'raw') return undefined
    if (typeof value === 'bigint') return `${value}n`
    if (value?.type === 'ImportDeclaration' || value?.type === 'ImportExpression') {
      if (typeof value.source?.value === 'string') specifiers.push(value.source.value)
    }
    if (/^Export(Named|All)Declaration$/.test(value?.type ?? '') && value.source) specifiers.push(value.source.value)
    if (value?.type === 'NewExpression') specifiers.push(...startedModule(value, extname(path)))
    // The packed form of a module imports `.js` where the clone imports `.ts`.
    if (name === 'value' && typeof value === 'string' && /^\.\.?\//.test(value)) return value.replace(/\.[jt]s$/, '')
    return value
  })
  return { tree: digestOf(tree), specifiers }
}

/** The module of `new URL(`./name${extension}`, import.meta.url)`: one that a process or a thread is started with. */
function startedModule(node: NewExpression, extension: string): readonly string[] {
  const [path, base] = node.arguments
  if (node.callee.type !== 'Identifier' || node.callee.name !== 'URL' || path?.type !== 'TemplateLiteral') return []
  const start = path.quasis[0]?.value.cooked
  return base?.type === 'MemberExpression' && start?.startsWith('./') ? [`${start}${extension}`] : []
}

/** Type stripping is marked experimental in Node 24 as a function, though Node runs on it; its notice is not for users. */
function withoutTypes(source: string): string {
  const emit = process.emitWarning
  process.emitWarning = () => {}
  try {
    return stripTypeScriptTypes(source)
  } finally {
    process.emitWarning = emit
  }
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** `name@version` of the libraries and of everything they depend on, as installed, sorted. */
function libraryVersions(names: readonly string[]): readonly string[] {
  const found = new Map<string, string>()
  const visit = (name: string, from: string) => {
    const manifest = findManifest(name, from)
    if (manifest === null || found.has(manifest.path)) return
    found.set(manifest.path, `${name}@${manifest.version}`)
    for (const dependency of manifest.dependencies) visit(dependency, manifest.path)
  }
  for (const name of names) visit(name, join(ROOT, 'package.json'))
  return [...new Set(found.values())].toSorted()
}

function findManifest(name: string, from: string) {
  for (const folder of createRequire(from).resolve.paths(name) ?? []) {
    const path = join(folder, name, 'package.json')
    const text = readIfThere(path)
    if (text === null) continue
    const { version, dependencies } = JSON.parse(text)
    // A linked package (pnpm, workspaces) finds its own dependencies from where it really lies.
    return { path: realpathSync(path), version: String(version), dependencies: Object.keys(dependencies ?? {}) }
  }
  return null
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
