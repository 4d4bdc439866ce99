#!/usr/bin/env node
// Starts the command. Plain JavaScript that an old Node can read: where the machine's Node is older than 24,
// the one in node_modules takes over.
import { spawn } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import module, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEAST_NODE = 24
/** Names the launcher to the newer Node that it started. */
const LAUNCHER = 'MALMOI_LAUNCHER'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE) await start()
else startNewer()

async function start() {
  keepCompiled()
  const load = existsSync(join(root, 'cli/main.ts'))
    ? (path) => import(`../${path}.ts`)
    : (path) => import(`../dist/${path}.js`)
  const launcher = process.env[LAUNCHER]
  if (launcher) {
    delete process.env[LAUNCHER]
    const { endWithParent } = await load('train/engines/end-with-parent')
    endWithParent(Number(launcher))
  }
  const { main } = await load('cli/main')
  process.exitCode = await main(process.argv.slice(2))
}

/**
 * Half of a short command's time is reading and compiling modules: what is kept in the workspace serves our threads and
 * processes too. Only where a workspace is already: a command that reads must not make one.
 */
function keepCompiled() {
  const at = process.argv.indexOf('--workspace')
  const workspace = join(at < 0 ? '.' : (process.argv[at + 1] ?? '.'), '.malmoi')
  if (!existsSync(workspace) || process.getuid?.() !== statSync(workspace).uid) return
  const folder = resolve(workspace, 'cache/compiled')
  module.enableCompileCache(folder)
  if (module.getCompileCacheDir()) process.env.NODE_COMPILE_CACHE ??= folder
}

function startNewer() {
  const node = newerNode()
  if (!node) {
    process.stderr.write(
      `malmoi: Node ${LEAST_NODE} or newer is needed, this is ${process.version}; ` +
        `install it (https://nodejs.org), or install malmoi again without --omit=optional\n`,
    )
    process.exitCode = 1
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [LAUNCHER]: String(process.pid) },
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`malmoi: ${node} cannot be run: ${error.message}; install Node ${LEAST_NODE} or newer\n`)
    process.exitCode = 1
  })
  // What a shell reports of a command that a signal ended.
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? 128 + constants.signals[signal]
  })
}

function newerNode() {
  const require = createRequire(import.meta.url)
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  try {
    const path = join(dirname(require.resolve(`${name}/package.json`)), 'bin/node')
    return existsSync(path) ? path : null
  } catch (error) {
    if (error.code === 'MODULE_NOT_FOUND') return null
    throw error
  }
}
