/** Three kills of a crawl, on every run of the suite; `node tests/crawl-kill.ts 20` does twenty. */
import { test } from 'node:test'
import { killCrawl } from './crawl-kill.ts'

test('a crawl that is killed again and again loses nothing, doubles nothing, and stays polite', async (t) => {
  await killCrawl(3, 80, (line) => t.diagnostic(line))
})
