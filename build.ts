/**
 * Builds dist/, which `npm pack` ships: our modules without types, `.d.ts` beside them, the demo's articles, and
 * onnxruntime-node with what it depends on. The engine travels inside because its own install script downloads CUDA
 * libraries from elsewhere than the npm registry, and fails where that is out of reach; nothing here uses them.
 */
import { execFileSync } from 'node:child_process'
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const root = import.meta.dirname
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
cpSync(join(root, 'demo/site'), join(dist, 'demo/site'), { recursive: true })
bundle('onnxruntime-node', join(root, 'package.json'), new Set())

/** Copies an installed package and all that it depends on into dist/node_modules, where our modules find it first. */
function bundle(name: string, from: string, done: Set<string>): void {
  if (done.has(name)) return
  done.add(name)
  const source = folderOf(name, from)
  const target = join(dist, 'node_modules', name)
  const leftOut = [join(source, 'script'), join(source, 'bin/napi-v6/darwin'), join(source, 'bin/napi-v6/win32')]
  cpSync(source, target, { recursive: true, filter: (path) => !leftOut.includes(path) })
  const { scripts: _, ...manifest } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8'))
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const dependency of Object.keys(manifest.dependencies ?? {}))
    bundle(dependency, join(source, 'package.json'), done)
}

function folderOf(name: string, from: string): string {
  for (const folder of createRequire(from).resolve.paths(name) ?? []) {
    const path = join(folder, name, 'package.json')
    try {
      readFileSync(path)
      return dirname(path)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    }
  }
  throw new Error(`${name} is not installed: run npm ci`)
}
