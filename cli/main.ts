/** The command: finds the verb, parses its arguments, runs it, and turns its outcome into lines and an exit code. */
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { codeOf } from '../store/error-code.ts'
import { nearest } from '../store/nearest.ts'
import { createReporter } from './report.ts'
import { type Call, COMMON, parseOptions, type Verb } from './verb.ts'
import { verbs } from './verbs.ts'
import type { Workspace } from './workspace.ts'

const DONE = 0
const FAILED = 1
const MISUSED = 2
const INTERRUPTED = 130
const SAME_INTERRUPT_MS = 500

/** Runs one command line; gives the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { name, rest } = splitVerb(verbFirst(args))
  const stop = new AbortController()
  let interrupted = 0
  const interrupt = () => {
    // Ctrl-C reaches a whole group of processes, and npm and the launcher pass it on: that is still one interrupt.
    if (stop.signal.aborted && performance.now() - interrupted < SAME_INTERRUPT_MS) return
    if (stop.signal.aborted) process.exit(INTERRUPTED)
    interrupted = performance.now()
    process.stderr.write(
      '\nstopping: what is done is kept, the same command goes on from there (again to stop at once)\n',
    )
    stop.abort(new Error('interrupted'))
  }
  // Whoever read us has had enough (`| head`): nothing is left to do, and nothing is wrong.
  let unread = false
  const leave = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    unread = true
    stop.abort(new Error('nobody reads the output'))
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  process.stdout.on('error', leave)
  process.stderr.on('error', leave)
  try {
    if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
      process.stdout.write(`${overview()}\n`)
      return name === undefined ? MISUSED : DONE
    }
    if (!verbs[name] && rest.includes('--help') && verbsOf(name).length > 0) {
      process.stdout.write(`${listed(verbsOf(name))}\n`)
      return DONE
    }
    const known = verbs[name]
    if (!known) throw new UsageError(unknownVerb(name))
    await runVerb(name, await known.load(), rest, stop.signal)
    return DONE
  } catch (error) {
    if (unread) return DONE
    if (stop.signal.aborted) return INTERRUPTED
    return await complain(error)
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

async function runVerb(name: string, verb: Verb, args: readonly string[], signal: AbortSignal): Promise<void> {
  const { values, positionals } = parse(name, verb, args)
  if (values.help === true) {
    process.stdout.write(`${helpOf(name, verb)}\n`)
    return
  }
  let opened: Workspace | null = null
  const text = (option: string) => {
    const value = values[option]
    return typeof value === 'string' ? value : undefined
  }
  const count = (option: string, least = 1) => {
    const value = text(option)
    if (value === undefined) return undefined
    const number = Number(value.replace(/(?<=\d)[kM]$/, (unit) => (unit === 'k' ? '000' : '000000')))
    if (!Number.isInteger(number) || number < least) {
      throw new UsageError(`--${option} ${value}: give a whole number of at least ${least}`)
    }
    return number
  }
  const folder = resolve(text('workspace') ?? '.')
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UsageError(`--workspace ${folder}: there is no such folder`)
  }
  const write = (line: string) => {
    signal.throwIfAborted()
    process.stdout.write(`${line}\n`)
  }
  const call: Call = {
    positionals,
    text,
    flag: (option) => values[option] === true,
    count,
    json: values.json === true,
    folder,
    signal,
    print: write,
    emit: (value) => write(JSON.stringify(value)),
    note: (line) => process.stderr.write(`${line}\n`),
    config: async () => (await import('./config.ts')).loadConfig(folder),
    open: async () => {
      const { openWorkspace } = await import('./workspace.ts')
      opened ??= await openWorkspace(folder, {
        workers: count('workers'),
        reporter: createReporter(process.stderr),
        signal,
      })
      return opened
    },
  }
  try {
    await verb.run(call)
  } finally {
    await (opened as Workspace | null)?.close()
  }
}

function parse(name: string, verb: Verb, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: parseOptions(verb), allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const unknown = /Unknown option '--?([^']+)'/.exec(message)?.[1]
    const near = unknown && nearest(unknown, Object.keys({ ...COMMON, ...verb.options }))
    const what = unknown ? `malmoi ${name} has no option --${unknown}` : message.split('. ')[0]
    throw new UsageError(`${what}${near ? `; did you mean --${near}?` : `; see \`malmoi ${name} --help\``}`)
  }
}

/** One line for a person; a stack only where the fault is ours. */
async function complain(error: unknown): Promise<number> {
  if (error instanceof UsageError) {
    process.stderr.write(`malmoi: ${error.message}\n`)
    return MISUSED
  }
  if (error instanceof FailedError) {
    process.stderr.write(`malmoi: ${error.message}${error.remedy ? `; ${error.remedy}` : ''}\n`)
    return FAILED
  }
  const { isConnectionLoss } = await import('../store/connect.ts')
  if (isConnectionLoss(error)) {
    process.stderr.write(
      `malmoi: the database went away (${error.message}); the same command goes on from what was done\n`,
    )
    return FAILED
  }
  if (isRefusedByTheSystem(error)) {
    process.stderr.write(`malmoi: ${error.message}; see who may write there, and what room is left\n`)
    return FAILED
  }
  if (codeOf(error) === 'ERR_MODULE_NOT_FOUND' && error instanceof Error) {
    process.stderr.write(`malmoi: ${error.message}; install the whole of it again: npm ci, without --omit\n`)
    return FAILED
  }
  process.stderr.write(`malmoi: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return FAILED
}

/** No right to a file, no room, a read-only disk: the message names call and path, and the fault is not ours. */
function isRefusedByTheSystem(error: unknown): error is Error {
  return ['EACCES', 'EPERM', 'ENOSPC', 'EDQUOT', 'EROFS'].includes(codeOf(error))
}

/** Options that every verb takes may stand before it. */
function verbFirst(args: readonly string[]): readonly string[] {
  const [first, second, ...rest] = args
  if (first === '--workspace' && second !== undefined) return [...verbFirst(rest), first, second]
  if (first === '--json' || first?.startsWith('--workspace=')) return [...verbFirst(args.slice(1)), first]
  return args
}

/** `corpus query …` is one verb of two words. */
function splitVerb(args: readonly string[]): { readonly name: string | undefined; readonly rest: readonly string[] } {
  const [first, second, ...rest] = args
  if (verbsOf(first ?? '').length === 0) return { name: first, rest: args.slice(1) }
  if (second === undefined || second.startsWith('-')) return { name: first, rest: args.slice(1) }
  return { name: `${first} ${second}`, rest }
}

function unknownVerb(name: string): string {
  const group = verbsOf(name.split(' ')[0] ?? '')
  if (group.length > 0 && !name.includes(' ')) return `malmoi ${name} needs one of: ${group.join(', ')}`
  const near = nearest(name, Object.keys(verbs))
  return `there is no verb ${name}${near ? `; did you mean \`malmoi ${near}\`?` : '; see `malmoi --help`'}`
}

/** The verbs of two words that begin with this one. */
function verbsOf(group: string): readonly string[] {
  return Object.keys(verbs).filter((verb) => verb.startsWith(`${group} `))
}

function listed(names: readonly string[]): string {
  const width = Math.max(...names.map((name) => name.length))
  return names.map((name) => `  ${name.padEnd(width)}  ${verbs[name]?.summary}`).join('\n')
}

function overview(): string {
  return [
    'malmoi: turns the Korean web into a language model, and can say of every byte where it came from.',
    '',
    'usage: malmoi VERB [options]      (malmoi VERB --help explains a verb)',
    '',
    listed(Object.keys(verbs)),
    '',
    'Every verb takes --workspace DIR, --json and --help. Exit codes: 0 done, 1 failed, 2 used wrongly, 130 interrupted.',
  ].join('\n')
}

function helpOf(name: string, verb: Verb): string {
  const options = Object.entries({ ...verb.options, ...COMMON }).map(([name, { value, about }]) => [
    `--${name}${value ? ` ${value}` : ''}`,
    about,
  ])
  const width = Math.max(...options.map(([name = '']) => name.length))
  return [
    `usage: malmoi ${name}${verb.usage ? ` ${verb.usage}` : ''}`,
    '',
    verbs[name]?.summary ?? '',
    '',
    verb.details.trim(),
    '',
    'options:',
    ...options.map(([name = '', about]) => `  ${name.padEnd(width)}  ${about}`),
  ].join('\n')
}
