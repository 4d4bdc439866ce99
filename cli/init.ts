/** malmoi init: a config to start from, for the real web. */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../pipeline/contract.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: '',
  details: `
Writes malmoi.config.ts into the workspace: Korean Wikipedia and a news feed, politely, to be filled in where it says so.
A config that is there is never overwritten.

  mkdir corpus && cd corpus && malmoi init`,
  options: {},
  async run(call) {
    const file = join(call.folder, 'malmoi.config.ts')
    if (existsSync(file)) throw new UsageError(`${file} is there already: edit it, or delete it first`)
    writeFileSync(file, TEMPLATE, { flag: 'wx' })
    if (call.json) call.emit({ config: file })
    else {
      call.print(`wrote ${file}`)
      call.print(
        'fill in userAgent.contact and the news feed, then: malmoi doctor, malmoi run, malmoi train wiki-news --preset mini --tokens 200M',
      )
    }
  },
}

const TEMPLATE = `import { defineConfig } from 'malmoi'

export default defineConfig({
  // Sites see this with every request: say who crawls, and where you can be reached.
  userAgent: { name: 'malmoi', contact: '' }, // e.g. 'https://example.org/bot' or 'bot@example.org'

  sources: [
    {
      // All of it at once: dump: 'kowiki-latest-pages-articles.xml.bz2', from dumps.wikimedia.org, instead of \`start\`.
      name: 'kowiki',
      kind: 'wiki',
      start: ['https://ko.wikipedia.org/wiki/위키백과:대문'],
      include: ['/wiki/'],
      licence: 'CC-BY-SA-4.0',
      terms: 'https://foundation.wikimedia.org/wiki/Policy:Terms_of_Use',
      delayMs: 2000,
      maxPages: 2000,
    },
    {
      // A news site whose terms allow this use: its RSS feed or sitemap.
      name: 'news',
      kind: 'news',
      start: ['https://news.example/rss'],
      exclude: ['/login', '/search'],
      licence: 'fill in',
      delayMs: 1000,
    },
  ],

  datasets: {
    'wiki-news': {
      sources: ['kowiki', 'news'],
      tokenizer: { algorithm: 'bpe', vocabSize: 16000 },
    },
  },

  // For \`malmoi schedule\`, in the time zone of Seoul.
  schedule: [{ name: 'nightly', cron: '0 3 * * *', then: 'build', jitterMinutes: 20 }],
})
`
