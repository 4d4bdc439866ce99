/**
 * croissant.json: an export described as Croissant 1.1 (https://docs.mlcommons.org/croissant/docs/croissant-spec-1.1.html),
 * which `mlcroissant validate --jsonld croissant.json` reads. Files with their digests, the set of them, one record set.
 */
import { COLUMNS, type DocumentColumn } from './columns.ts'
import { DOLMA_METADATA, FORMATS, type Format, shardPattern } from './formats.ts'
import { licenceUrl } from './licences.ts'
import type { WrittenShard } from './shards.ts'
import { distinct, type Tally } from './tally.ts'

export interface Described {
  readonly dataset: string
  /** `news@7`, and the digest of that version. */
  readonly version: string
  readonly digest: string
  /** `YYYY-MM-DD`: the last night whose crawls it holds. */
  readonly lastNight: string
  readonly format: Format
  readonly files: readonly WrittenShard[]
  readonly tally: Tally
}

/** As the specification gives it, so that readers know every term. */
const CONTEXT = {
  '@language': 'en',
  '@vocab': 'https://schema.org/',
  arrayShape: 'cr:arrayShape',
  citeAs: 'cr:citeAs',
  column: 'cr:column',
  conformsTo: 'dct:conformsTo',
  containedIn: 'cr:containedIn',
  cr: 'http://mlcommons.org/croissant/',
  data: { '@id': 'cr:data', '@type': '@json' },
  dataType: { '@id': 'cr:dataType', '@type': '@vocab' },
  dct: 'http://purl.org/dc/terms/',
  description: { '@container': '@language' },
  equivalentProperty: 'cr:equivalentProperty',
  examples: { '@id': 'cr:examples', '@type': '@json' },
  extract: 'cr:extract',
  field: 'cr:field',
  fileObject: 'cr:fileObject',
  fileProperty: 'cr:fileProperty',
  fileSet: 'cr:fileSet',
  format: 'cr:format',
  includes: 'cr:includes',
  isArray: 'cr:isArray',
  isLiveDataset: 'cr:isLiveDataset',
  jsonPath: 'cr:jsonPath',
  key: 'cr:key',
  md5: 'cr:md5',
  name: { '@container': '@language' },
  parentField: 'cr:parentField',
  path: 'cr:path',
  rai: 'http://mlcommons.org/croissant/RAI/',
  recordSet: 'cr:recordSet',
  references: 'cr:references',
  regex: 'cr:regex',
  repeated: 'cr:repeated',
  replace: 'cr:replace',
  samplingRate: 'cr:samplingRate',
  sc: 'https://schema.org/',
  separator: 'cr:separator',
  source: 'cr:source',
  subField: 'cr:subField',
  transform: 'cr:transform',
} as const

const FILE_SET = 'files'
const RECORD_SET = 'documents'

/** The file's content: the same export gives the same bytes. */
export function croissantText(described: Described): string {
  const { dataset, version, digest, lastNight, format, files, tally } = described
  const { encoding } = FORMATS[format]
  const metadata = {
    '@context': CONTEXT,
    '@type': 'sc:Dataset',
    conformsTo: 'http://mlcommons.org/croissant/1.1',
    name: dataset,
    description: descriptionOf(described),
    version: `${version.slice(version.lastIndexOf('@') + 1)}.0.0`,
    identifier: `sha256:${digest}`,
    citeAs: `${version}, sha256:${digest}`,
    datePublished: lastNight,
    license: distinct(tally.shares.map(({ licence }) => licenceUrl(licence) ?? licence)),
    inLanguage: tally.languages.flatMap(({ lang }) => (lang === null ? [] : [lang])),
    distribution: [
      ...files.map(({ path, sha256, bytes }) => ({
        '@type': 'cr:FileObject',
        '@id': path,
        name: path,
        contentUrl: path,
        contentSize: `${bytes} B`,
        encodingFormat: encoding,
        sha256,
      })),
      {
        '@type': 'cr:FileSet',
        '@id': FILE_SET,
        name: FILE_SET,
        description: 'All files of documents.',
        encodingFormat: encoding,
        includes: shardPattern(format),
      },
    ],
    recordSet: [
      {
        '@type': 'cr:RecordSet',
        '@id': RECORD_SET,
        name: RECORD_SET,
        description: 'One record a document, sorted by source and address.',
        key: keyOf(format).map((name) => ({ '@id': idOf(name) })),
        field: format === 'dolma' ? dolmaFields() : COLUMNS.map((column) => field(column, column.name)),
      },
    ],
  }
  return `${JSON.stringify(metadata, null, 2)}\n`
}

function descriptionOf({ version, digest, tally }: Described): string {
  const sources = distinct(tally.shares.map(({ source }) => source))
  return `Text corpus ${version} (digest ${digest}): ${tally.documents} documents, ${tally.bytes} bytes of UTF-8 text, from ${sources.join(', ')}.`
}

function keyOf(format: Format): readonly string[] {
  return format === 'dolma' ? ['source', 'id'] : ['source', 'url']
}

function idOf(name: string): string {
  return `${RECORD_SET}/${name}`
}

/** `path`: where it lies in the JSON of its column, where it is a part of one. */
function field({ about, type }: Pick<DocumentColumn, 'about' | 'type'>, name: string, path: string | null = null) {
  const column = path === null ? name : name.slice(0, name.indexOf('/'))
  return {
    '@type': 'cr:Field',
    '@id': idOf(name),
    name,
    description: about,
    dataType: type === 'date' ? 'sc:Date' : 'sc:Text',
    source: {
      fileSet: { '@id': FILE_SET },
      extract: { column },
      ...(path !== null && { transform: { jsonPath: path } }),
    },
  }
}

function dolmaFields(): readonly object[] {
  const text = (name: string, about: string) => field({ about, type: 'string' }, name)
  const metadata = COLUMNS.filter(({ name }) => DOLMA_METADATA.includes(name))
  return [
    text('id', 'address of the document, or the id of an imported record; unique within the source'),
    text('source', 'name of the source that the document is from'),
    text('text', 'the clean text'),
    text('added', 'night of the crawl that read this text first'),
    text('created', 'when the page says it was published, in UTC'),
    ...metadata.map((column) => field(column, `metadata/${column.name}`, `$.${column.name}`)),
  ]
}
