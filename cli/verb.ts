/** A verb of the command: its help, its options, and what it does. One file a verb. */
import type { ParseArgsConfig } from 'node:util'
import type { Config } from '../pipeline/recipe.ts'
import type { Workspace } from './workspace.ts'

export interface Option {
  readonly type: 'string' | 'boolean'
  /** What stands for the value in the help. */
  readonly value?: string
  readonly about: string
}

export interface Verb {
  /** What follows the verb's name. */
  readonly usage: string
  /** Paragraphs of the help, and examples. */
  readonly details: string
  readonly options: Readonly<Record<string, Option>>
  run(call: Call): Promise<void>
}

export interface Call {
  readonly positionals: readonly string[]
  text(option: string): string | undefined
  flag(option: string): boolean
  /** A whole number of at least `least`. */
  count(option: string, least?: number): number | undefined
  readonly json: boolean
  /** Absolute path of the workspace. */
  readonly folder: string
  readonly signal: AbortSignal
  /** One line on standard output. */
  print(line: string): void
  /** One JSON object a line on standard output. */
  emit(value: object): void
  /** One line on standard error, for a person. */
  note(line: string): void
  config(): Promise<Config>
  /** Opens database and objects; closed when the verb ends. */
  open(): Promise<Workspace>
}

/** Options that every verb takes. */
export const COMMON: Readonly<Record<string, Option>> = {
  workspace: { type: 'string', value: 'DIR', about: 'the workspace (default: the current folder)' },
  json: { type: 'boolean', about: 'JSON on standard output, nothing else there' },
  help: { type: 'boolean', about: 'this help' },
}

export const WORKERS: Option = { type: 'string', value: 'N', about: 'worker threads (default: the processors)' }
export const NIGHT: Option = {
  type: 'string',
  value: 'YYYY-MM-DD',
  about: "the night (default: today in the config's time zone)",
}

/** The shape node:util's parseArgs takes. */
export function parseOptions(verb: Verb): NonNullable<ParseArgsConfig['options']> {
  return Object.fromEntries(Object.entries({ ...COMMON, ...verb.options }).map(([name, { type }]) => [name, { type }]))
}
