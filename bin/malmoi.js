#!/usr/bin/env node
// Starts the command. Plain JavaScript that an old Node can read: where the machine's Node is older than 24,
// the one in node_modules takes over.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LEAST_NODE = 24

if (Number(process.versions.node.split('.')[0]) >= LEAST_NODE) await start()
else startNewer()

async function start() {
  // A parent that started us is gone without a word (kill -9): nobody waits for this work any more.
  if (process.channel) {
    process.channel.unref()
    process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))
  }
  const here = dirname(fileURLToPath(import.meta.url))
  const clone = join(here, '../cli/main.ts')
  const { main } = await import(existsSync(clone) ? '../cli/main.ts' : '../dist/cli/main.js')
  process.exitCode = await main(process.argv.slice(2))
}

function startNewer() {
  const node = newerNode()
  if (!node) {
    process.stderr.write(
      `malmoi: Node ${LEAST_NODE} or newer is needed, this is ${process.version}; install it, or reinstall without --omit=optional\n`,
    )
    process.exitCode = 1
    return
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  })
  // Ctrl-C reaches the whole group by itself; a signal sent to us alone is passed on.
  process.on('SIGTERM', () => child.kill('SIGTERM'))
  process.on('SIGINT', () => {})
  child.on('exit', (code, signal) => {
    if (signal) process.kill(process.pid, signal)
    else process.exitCode = code ?? 1
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
