/**
 * malmoi.config.ts: its type, reading it, checking it field by field, filling in every default.
 * What is made of it is pipeline/recipe.ts's Config; nothing else in the project looks at the file.
 */
import { existsSync, statSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { validateDetailed } from 'node-cron'
import { z } from 'zod'
import { UsageError } from '../pipeline/contract.ts'
import type { Config, Schedule } from '../pipeline/recipe.ts'
import { nearest } from '../store/nearest.ts'
import { DATASET_FIELDS, datasetSchema, fillDataset } from './config-dataset.ts'
import { CONFIG_FILE, configName, fieldError, unknownSource } from './config-fields.ts'
import { fillSource, isRemote, SOURCE_FIELDS, sourceSchema } from './config-source.ts'

const scheduleShape = {
  name: configName,
  cron: z.string().min(1),
  sources: z.array(z.string()).min(1).optional(),
  then: z.enum(['crawl', 'build', 'train']).optional(),
  jitterMinutes: z.number().min(0).optional(),
}

const configShape = {
  userAgent: z
    .strictObject({
      name: z
        .string()
        .regex(/^[\w.-]+$/, 'letters, digits, . _ - only')
        .optional(),
      contact: z.string().optional(),
    })
    .optional(),
  timeZone: z.string().optional(),
  sources: z.array(sourceSchema).min(1),
  evaluationSets: z.record(configName, z.string()).optional(),
  datasets: z.record(configName, datasetSchema).optional(),
  schedule: z.array(z.strictObject(scheduleShape)).optional(),
  backups: z.strictObject({ days: z.number().int().min(0) }).optional(),
}

const schema = z.strictObject(configShape)
const FIELDS = [...SOURCE_FIELDS, ...DATASET_FIELDS, ...[configShape, scheduleShape].flatMap(Object.keys)]

/** What a person writes in malmoi.config.ts. */
export type UserConfig = z.input<typeof schema>

/** Reads and checks the workspace's config. @throws UsageError that names file, field and remedy. */
export async function loadConfig(workspace: string): Promise<Config> {
  const file = join(workspace, CONFIG_FILE)
  if (!existsSync(file)) {
    throw new UsageError(
      `there is no ${CONFIG_FILE} in ${workspace}; run \`malmoi init\` there, or name another with --workspace`,
    )
  }
  return loadConfigFile(file, workspace)
}

/** Reads and checks a config file. @throws UsageError that names file, field and remedy. */
export async function loadConfigFile(file: string, workspace: string): Promise<Config> {
  // A scheduler reads it again every night: one that was changed is another module.
  const href = `${pathToFileURL(file).href}?${statSync(file).mtimeMs}`
  const hooks = readAsConfig(href)
  let module: { readonly default?: unknown }
  try {
    module = await import(href)
  } catch (cause) {
    throw new UsageError(`${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  } finally {
    hooks.deregister()
  }
  if (module.default === undefined)
    throw new UsageError(`${file} has no default export: write \`export default defineConfig({ … })\``)
  return checkConfig(module.default, workspace)
}

/** Checks a config value and fills in the defaults. */
export function checkConfig(value: unknown, workspace: string): Config {
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw new UsageError(`${CONFIG_FILE}: ${parsed.error.issues.map(explain).join('; ')}`)
  const config = parsed.data
  const sources = config.sources.map((source, index) =>
    fillSource(source, workspace, (field, problem) =>
      fieldError(`sources[${index}] (${source.name}).${field}`, problem),
    ),
  )
  const names = sources.map((source) => source.name)
  const repeated = names.find((each, index) => names.indexOf(each) !== index)
  if (repeated) throw fieldError('sources', `has two named ${repeated}: every source needs a name of its own`)
  const contact = config.userAgent?.contact ?? null
  const remote = config.sources.findIndex(isRemote)
  if (remote >= 0 && !contact) {
    throw fieldError(
      'userAgent.contact',
      `is missing, but source ${names[remote]} is on the public web: give a URL or e-mail where you can be reached`,
    )
  }
  const timeZone = config.timeZone ?? 'Asia/Seoul'
  if (!isTimeZone(timeZone)) throw fieldError('timeZone', `${timeZone} is not a time zone: write one like Asia/Seoul`)
  const evaluationSets = Object.entries(config.evaluationSets ?? {}).map(([name, path]) => ({
    name,
    path: resolve(workspace, path),
  }))
  const datasets = Object.entries(config.datasets ?? { all: {} }).map(([dataset, recipe]) => {
    for (const [index, source] of (recipe.sources ?? []).entries()) {
      if (!names.includes(source)) throw unknownSource(`datasets.${dataset}.sources[${index}]`, source, names)
    }
    return fillDataset({ name: dataset, sources: names, evaluationSets }, recipe)
  })
  const schedule = schedulesOf(config, names)
  const userAgent = { name: config.userAgent?.name ?? 'malmoi', contact }
  return { userAgent, timeZone, sources, datasets, schedule, backupDays: config.backups?.days ?? null }
}

/** The schedules of the config, and those that sources carry themselves under their own names. */
function schedulesOf(config: z.output<typeof schema>, names: readonly string[]): readonly Schedule[] {
  const listed = (config.schedule ?? []).map((entry, index): Schedule => {
    for (const source of entry.sources ?? []) {
      if (!names.includes(source)) throw unknownSource(`schedule[${index}].sources`, source, names)
    }
    return {
      name: entry.name,
      cron: checkedCron(entry.cron, `schedule[${index}].cron`),
      sources: entry.sources ?? names,
      then: entry.then ?? 'build',
      jitterMinutes: entry.jitterMinutes ?? 0,
    }
  })
  const own = config.sources.flatMap((source, index): readonly Schedule[] => {
    if (source.schedule === undefined) return []
    const given = typeof source.schedule === 'string' ? { cron: source.schedule } : source.schedule
    return [
      {
        name: source.name,
        cron: checkedCron(given.cron, `sources[${index}].schedule`),
        sources: [source.name],
        then: given.then ?? 'build',
        jitterMinutes: given.jitterMinutes ?? 0,
      },
    ]
  })
  const all = [...listed, ...own]
  const repeated = all.map(({ name }) => name).find((name, index, each) => each.indexOf(name) !== index)
  if (repeated) throw fieldError('schedule', `has two named ${repeated}: a source's own schedule has the source's name`)
  return all
}

function checkedCron(cron: string, field: string): string {
  const { valid, errors } = validateDetailed(cron)
  if (valid) return cron
  throw fieldError(field, `"${cron}" is no cron expression (${errors.map(({ message }) => message).join('; ')})`)
}

/**
 * A config anywhere may `import { defineConfig } from 'malmoi'`: the name means the package that runs. And it is a
 * module, whatever the package.json beside it says of its scripts.
 */
function readAsConfig(href: string): { deregister(): void } {
  const own = new URL(import.meta.url.endsWith('.ts') ? '../index.ts' : '../index.js', import.meta.url).href
  return registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'malmoi' ? { url: own, shortCircuit: true } : next(specifier, context),
    load: (url, context, next) => next(url, url === href ? { ...context, format: 'module-typescript' } : context),
  })
}

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch (error) {
    if (error instanceof RangeError) return false
    throw error
  }
}

/** One line for one problem: the field as written in code, and what is wrong with it. */
function explain(issue: z.core.$ZodIssue): string {
  const field = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => {
        const near = nearest(key, FIELDS)
        return `${field ? `${field}.` : ''}${key} is not known${near ? `; did you mean ${near}?` : ''}`
      })
      .join('; ')
  }
  return `${field || 'the config'}: ${issue.message}`
}
