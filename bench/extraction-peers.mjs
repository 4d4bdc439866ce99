// Readability and Defuddle over linkedom, on the pages of a JSON file [{html, url}]. Prints one JSON line a peer:
// {name, seconds, results: [{html}]}, seconds being CPU time; a page on which a peer throws gives empty HTML and is counted.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Readability } from '@mozilla/readability'
import { Defuddle } from 'defuddle/node'
import { parseHTML } from 'linkedom'

const require = createRequire(import.meta.url)
const pages = JSON.parse(readFileSync(process.argv[2], 'utf8'))

/** The version in a package's own package.json, which not every package exports. */
function versionOf(name) {
  const folder = require.resolve.paths(name).map((path) => `${path}/${name}/package.json`)
  for (const path of folder) {
    try {
      return JSON.parse(readFileSync(path, 'utf8')).version
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  }
  throw new Error(`${name} is not installed`)
}

async function measure(name, extract) {
  const results = []
  let thrown = 0
  const started = process.cpuUsage()
  for (const { html, url } of pages) {
    try {
      results.push({ html: (await extract(html, url)) ?? '' })
    } catch {
      // A peer's failure on a page is its result there.
      results.push({ html: '' })
      thrown += 1
    }
  }
  const { user, system } = process.cpuUsage(started)
  console.log(JSON.stringify({ name, seconds: (user + system) / 1e6, thrown, results }))
}

await measure(
  `@mozilla/readability ${versionOf('@mozilla/readability')} + linkedom ${versionOf('linkedom')}`,
  (html) => new Readability(parseHTML(html).document).parse()?.content,
)
// Defuddle reports what it tried on the console.
console.error = console.warn = () => {}
await measure(`defuddle ${versionOf('defuddle')} + linkedom`, async (html, url) => {
  const { content } = await Defuddle(parseHTML(html).document, url)
  return content
})
