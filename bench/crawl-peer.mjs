// Plain CheerioCrawler 3.18 over the addresses of the command line: follows links of the same host, prints how many pages.
import { CheerioCrawler, Configuration, LogLevel, log } from '@crawlee/cheerio'

log.setLevel(LogLevel.ERROR)
let pages = 0
const crawler = new CheerioCrawler(
  {
    async requestHandler({ enqueueLinks }) {
      pages += 1
      await enqueueLinks({ strategy: 'same-hostname' })
    },
  },
  new Configuration({ persistStorage: false }),
)
await crawler.run(process.argv.slice(2))
console.log(pages)
