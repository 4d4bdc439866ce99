/** malmoi source add: one more source in malmoi.config.ts, checked before it is written. */
import { UsageError } from '../pipeline/contract.ts'
import { addSource } from './config-write.ts'
import type { Call, Verb } from './verb.ts'

const KINDS = ['news', 'wiki', 'feed', 'warc', 'files', 'social']

export const verb: Verb = {
  usage: 'NAME ADDRESS… --licence L [--kind K] [options]',
  details: `
Writes a source into malmoi.config.ts. ADDRESS is a URL (pages, feeds and sitemaps of a site; an instance for social) or
a file, folder or glob. Without --kind a URL is news, *.warc and *.wet are warc, a dump (*.xml, *.xml.bz2) is wiki, and
anything else is files. The config is checked with it; what is wrong is said, and nothing is written.

  malmoi source add hani https://news.example/rss --licence 'CC-BY-4.0' --terms https://news.example/terms
  malmoi source add kowiki kowiki-latest-pages-articles.xml.bz2 --licence CC-BY-SA-4.0
  malmoi source add planet https://planet.example --kind social --licence 'by their authors' --schedule '0 4 * * *'`,
  options: {
    kind: { type: 'string', value: 'K', about: KINDS.join(', ') },
    licence: { type: 'string', value: 'L', about: 'the licence of its texts' },
    terms: { type: 'string', value: 'URL', about: 'where its terms of use are' },
    contact: { type: 'string', value: 'WHO', about: "who answers for it at its owner's side" },
    schedule: { type: 'string', value: 'CRON', about: 'when it is crawled by itself, e.g. "0 3 * * *"' },
    'delay-ms': { type: 'string', value: 'N', about: 'least milliseconds between two requests to a host (1000)' },
    'max-pages': { type: 'string', value: 'N', about: 'pages of a night' },
    include: { type: 'string', value: 'PATHS', about: 'path patterns, separated by commas' },
    exclude: { type: 'string', value: 'PATHS', about: 'path patterns, separated by commas' },
    api: { type: 'string', value: 'URL', about: 'of a wiki: its Action API' },
    timelines: { type: 'string', value: 'NAMES', about: 'of social: local, public, tag:NAME, account:NAME' },
    snapshot: { type: 'boolean', about: 'its files are a complete listing: what is absent is gone' },
    'allow-private': { type: 'boolean', about: 'its hosts may have private addresses' },
    'dry-run': { type: 'boolean', about: 'show the source, write nothing' },
  },
  async run(call) {
    const source = sourceOf(call)
    const { file } = await addSource(call.folder, source, call.flag('dry-run'))
    if (call.json) call.emit({ config: file, written: !call.flag('dry-run'), source })
    else
      call.print(
        call.flag('dry-run') ? JSON.stringify(source) : `${source.name} is in ${file}; malmoi crawl ${source.name}`,
      )
  },
}

function sourceOf(call: Call): { readonly name: string; readonly kind: string } & Readonly<Record<string, unknown>> {
  const [name, ...addresses] = call.positionals
  const [first] = addresses
  if (name === undefined || first === undefined)
    throw new UsageError('malmoi source add takes a name and at least one address; see `malmoi source add --help`')
  const licence = call.text('licence')
  if (licence === undefined)
    throw new UsageError(
      '--licence is missing: say under which licence its texts may be used, or that they may not be shared',
    )
  const kind = call.text('kind') ?? kindOf(first)
  if (!KINDS.includes(kind)) throw new UsageError(`--kind ${kind}: there is ${KINDS.join(', ')}`)
  const isWeb = addresses.every((address) => /^https?:/.test(address))
  const api = call.text('api')
  if (!isWeb && addresses.length > 1) throw new UsageError('a source of files has one path: a file, a folder or a glob')
  const where = isWeb ? { start: addresses } : kind === 'wiki' ? { dump: first } : { path: first }
  const list = (option: string) => call.text(option)?.split(',')
  return withoutUndefined({
    name,
    kind,
    ...where,
    api,
    timelines: list('timelines'),
    licence,
    terms: call.text('terms'),
    contact: call.text('contact'),
    include: list('include'),
    exclude: list('exclude'),
    delayMs: call.count('delay-ms', 0),
    maxPages: call.count('max-pages'),
    snapshot: call.flag('snapshot') || undefined,
    allowPrivate: call.flag('allow-private') || undefined,
    schedule: call.text('schedule'),
  })
}

function kindOf(address: string): string {
  if (/^https?:/.test(address)) return 'news'
  if (/\.(?:warc|wet|arc)(?:\.wet)?(?:\.gz)?$/i.test(address)) return 'warc'
  return /\.xml(?:\.(?:bz2|gz|zst))?$/i.test(address) ? 'wiki' : 'files'
}

function withoutUndefined<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
}
