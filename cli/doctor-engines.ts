/** The engines for training: the one that comes along, and those that a user may add. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Check } from './doctor-checks.ts'

const run = promisify(execFile)
const ANSWER_MS = 60_000

/** `folder`: the workspace, where optional packages may be installed. */
export async function engineChecks(folder: string): Promise<readonly Check[]> {
  return [
    npmCheck('onnxruntime-node', import.meta.filename, 'missing', 'npm ci, without --omit'),
    npmCheck(
      '@tensorflow/tfjs-node-gpu',
      join(folder, 'package.json'),
      'absent',
      'for training on tfjs with a GPU: npm i @tensorflow/tfjs-node-gpu in the workspace (needs CUDA and libtensorflow)',
    ),
    npmCheck(
      '@tensorflow/tfjs-node',
      join(folder, 'package.json'),
      'absent',
      'for training on tfjs without a GPU: npm i @tensorflow/tfjs-node in the workspace',
    ),
    await torchCheck(),
    await gpuCheck(),
  ]
}

function npmCheck(name: string, from: string, otherwise: 'missing' | 'absent', remedy: string): Check {
  for (const folder of createRequire(from).resolve.paths(name) ?? []) {
    const version = versionIn(join(folder, name, 'package.json'))
    if (version !== null) return { what: name, state: 'ok', found: version, remedy: null }
  }
  return { what: name, state: otherwise, found: `not found from ${dirname(from)}`, remedy }
}

function versionIn(manifest: string): string | null {
  try {
    return String(JSON.parse(readFileSync(manifest, 'utf8')).version)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

const ASK_TORCH =
  'import torch; print(torch.__version__, torch.cuda.device_count() if torch.cuda.is_available() else 0)'

/** PyTorch, for training on clusters. */
async function torchCheck(): Promise<Check> {
  const remedy = 'for GPU clusters: pip install torch (see pytorch.org for the build of your CUDA)'
  try {
    const { stdout } = await run('python3', ['-c', ASK_TORCH], { timeout: ANSWER_MS })
    const [version = '', gpus = '0'] = stdout.trim().split(' ')
    return { what: 'torch', state: 'ok', found: `${version}, ${gpus} GPUs`, remedy: null }
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : ''
    return { what: 'torch', state: 'absent', found: words || 'there is no python3', remedy }
  }
}

async function gpuCheck(): Promise<Check> {
  try {
    const { stdout } = await run('nvidia-smi', ['--query-gpu=name,memory.total', '--format=csv,noheader'], {
      timeout: ANSWER_MS,
    })
    return { what: 'gpu', state: 'ok', found: stdout.trim().split('\n').join('; '), remedy: null }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : ''
    const found = code === 'ENOENT' ? 'no nvidia-smi on this machine' : String(error)
    return { what: 'gpu', state: 'absent', found, remedy: 'training goes on the processor; a GPU needs its driver' }
  }
}
