/**
 * The head of a dataset card as Hugging Face reads it (https://huggingface.co/docs/hub/datasets-cards): YAML between two
 * lines of dashes. With the features in it, `datasets` does not guess types from the first rows.
 */
import { COLUMNS } from './columns.ts'
import type { Described } from './croissant.ts'
import { DOLMA_METADATA, type Format, shardPattern } from './formats.ts'
import { hubLicence, licenceUrl } from './licences.ts'
import { distinct, type Tally } from './tally.ts'

export function cardHead({ dataset, format, files, tally }: Described): string {
  const size = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const lines = [
    ...named('language', tally.languages.flatMap(({ lang }) => (lang === null ? [] : [lang])).slice(0, 20)),
    ...licenceLines(tally),
    `pretty_name: ${quoted(dataset)}`,
    'size_categories:',
    `- ${sizeCategory(tally.documents)}`,
    'task_categories:',
    '- text-generation',
    'tags:',
    '- croissant',
    'configs:',
    '- config_name: default',
    '  data_files:',
    '  - split: train',
    `    path: ${quoted(shardPattern(format))}`,
    'dataset_info:',
    '  features:',
    ...featureLines(format),
    '  splits:',
    '  - name: train',
    `    num_bytes: ${tally.bytes}`,
    `    num_examples: ${tally.documents}`,
    `  download_size: ${size}`,
    `  dataset_size: ${tally.bytes}`,
  ]
  return `---\n${lines.join('\n')}\n---\n`
}

function named(name: string, values: readonly string[]): readonly string[] {
  return values.length === 0 ? [] : [`${name}:`, ...values.map((value) => `- ${quoted(value)}`)]
}

/** JSON's strings are YAML's. */
function quoted(text: string): string {
  return /^[a-z][a-z0-9-]*$/.test(text) ? text : JSON.stringify(text)
}

/** What the hub knows by name; anything else is `other`, with its own words. */
function licenceLines({ shares }: Tally): readonly string[] {
  const all = distinct(shares.map(({ licence }) => licence))
  const other = all.filter((licence) => hubLicence(licence) === null)
  const hub = distinct([...all.flatMap((licence) => hubLicence(licence) ?? []), ...(other.length > 0 ? ['other'] : [])])
  const [link] = other.flatMap((licence) => licenceUrl(licence) ?? [])
  return [
    'license:',
    ...hub.map((name) => `- ${name}`),
    ...(other.length > 0 ? [`license_name: ${quoted(other.join(', '))}`] : []),
    ...(link === undefined ? [] : [`license_link: ${quoted(link)}`]),
  ]
}

const CATEGORIES = ['n<1K', '1K<n<10K', '10K<n<100K', '100K<n<1M', '1M<n<10M', '10M<n<100M', '100M<n<1B', '1B<n<10B']

function sizeCategory(documents: number): string {
  return CATEGORIES.find((_, index) => documents < 10 ** (index + 3)) ?? '10B<n<100B'
}

function featureLines(format: Format): readonly string[] {
  // Of JSON the reader takes what looks like a date for a time.
  const date = format === 'parquet' ? 'date32' : 'timestamp[s]'
  const typeOf = (type: string): string => (type === 'date' ? date : 'string')
  const feature = (indent: string, name: string, type: string) => [
    `${indent}- name: ${name}`,
    `${indent}  dtype: ${type}`,
  ]
  if (format !== 'dolma') return COLUMNS.flatMap(({ name, type }) => feature('  ', name, typeOf(type)))
  return [
    ...['id', 'text', 'source', 'added', 'created'].flatMap((name) => feature('  ', name, 'string')),
    '  - name: metadata',
    '    struct:',
    ...COLUMNS.filter(({ name }) => DOLMA_METADATA.includes(name)).flatMap(({ name, type }) =>
      feature('    ', name, typeOf(type)),
    ),
  ]
}
