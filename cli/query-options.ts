/** Options that choose a version and documents of it, as verbs of the corpus take them. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Filter } from '../store/query/selection.ts'
import { chooseVersion } from '../store/query/version.ts'
import type { VersionRow } from '../store/versions.ts'
import { CONFIG_FILE } from './config-fields.ts'
import type { Call, Option } from './verb.ts'
import type { Workspace } from './workspace.ts'

export const VERSION_OPTIONS: Readonly<Record<string, Option>> = {
  dataset: { type: 'string', value: 'NAME', about: 'the dataset (default: the only one)' },
  version: { type: 'string', value: 'N', about: 'number, tag, `latest`, or DATASET@N (default: latest)' },
}

export const AS_OF: Option = {
  type: 'string',
  value: 'DATE',
  about: "the version that was the latest at the end of that day (the config's time zone), or at a time: …T09:00",
}

export const FILTER_OPTIONS: Readonly<Record<string, Option>> = {
  source: { type: 'string', value: 'NAME,…', about: 'only documents of these sources' },
  since: { type: 'string', value: 'DATE', about: 'published on that day or later; undated: captured' },
  until: { type: 'string', value: 'DATE', about: 'published on that day or earlier' },
  licence: { type: 'string', value: 'NAME,…', about: 'only under these licences' },
  lang: { type: 'string', value: 'CODE,…', about: 'only in these languages' },
  where: { type: 'string', value: 'EXPRESSION', about: 'only where this holds of fields and measures' },
  search: { type: 'string', value: 'QUERY', about: 'only what says this, in the language of corpus search' },
}

/** The version that --dataset, --version and --as-of name. */
export async function chosenVersion(call: Call, { connection }: Workspace): Promise<VersionRow> {
  const asOf = call.text('as-of')
  return chooseVersion(connection.db, {
    dataset: call.text('dataset'),
    version: call.text('version'),
    asOf,
    timeZone: asOf === undefined ? 'UTC' : await timeZoneOf(call),
  })
}

export function filterOf(call: Call): Filter {
  const listed = (option: string) => call.text(option)?.split(',')
  return {
    sources: listed('source'),
    since: call.text('since'),
    until: call.text('until'),
    licences: listed('licence'),
    languages: listed('lang'),
    where: call.text('where'),
    search: call.text('search'),
  }
}

async function timeZoneOf(call: Call): Promise<string> {
  return existsSync(join(call.folder, CONFIG_FILE)) ? (await call.config()).timeZone : 'Asia/Seoul'
}
