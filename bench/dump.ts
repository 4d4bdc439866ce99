/**
 * Claim: a MediaWiki dump of any size is read in bounded memory, every page kept in WARC and Postgres, in about the time
 * wikiextractor takes to make plain text of it.
 *   node bench/dump.ts [MB] [xml|bz2]     peer: PyPI's wikiextractor (MALMOI_PYTHON), which has no database and no WARC
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomStream } from '../model/random.ts'
import { removeWorkspace } from '../tests/support/command.ts'

const megabytes = Number(process.argv[2] ?? 1000)
const packed = process.argv[3] === 'bz2'
const NIGHT = '2026-03-01'
const syllables = '가나다라마바사아자차카타파하고노도로모보소오조초코토포호구누두루무부수우주추쿠투푸후'

/** An article of some 3 KB: a template, links, a table, references, sections. */
function article(random: () => number, number: number): string {
  const word = (): string =>
    Array.from({ length: 2 + Math.floor(random() * 3) }, () => syllables[Math.floor(random() * syllables.length)]).join(
      '',
    )
  const sentence = (): string => {
    const words = Array.from({ length: 8 }, word)
    words[3] = `[[${words[3]}|${words[4]}]]은`
    return `${words.join(' ')} ${Math.floor(random() * 2000)}년이다.`
  }
  const paragraph = (): string => Array.from({ length: 5 }, sentence).join(' ')
  const note = `&lt;ref&gt;{{뉴스 인용|제목=${word()}|날짜=2020-01-02}}&lt;/ref&gt;`
  const box = `{{정보상자\n|이름 = ${word()}\n|인구 = ${Math.floor(random() * 1e6)}\n}}`
  const table = `{| class="wikitable"\n! 해 !! 수\n|-\n| ${number} || ${Math.floor(random() * 100)}\n|}`
  const sections = Array.from({ length: 3 }, () => `== ${word()} ==\n${paragraph()}`).join('\n\n')
  return `${box}\n'''${word()}'''은 ${paragraph()}${note}\n\n${sections}\n\n${table}\n\n[[분류:${word()}]]`
}

const page = (random: () => number, id: number): string => `  <page>
    <title>글 ${id}</title>
    <ns>0</ns>
    <id>${id}</id>
    <revision>
      <id>${id}</id>
      <timestamp>2026-01-02T03:04:05Z</timestamp>
      <contributor><username>쓴이</username><id>1</id></contributor>
      <model>wikitext</model>
      <format>text/x-wiki</format>
      <text xml:space="preserve">${article(random, id)}</text>
    </revision>
  </page>
`
const head = `<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/" version="0.11" xml:lang="ko">
  <siteinfo>
    <sitename>시험</sitename>
    <base>https://wiki.example/wiki/%EB%8C%80%EB%AC%B8</base>
    <namespaces>
      <namespace key="0" case="first-letter" />
      <namespace key="10" case="first-letter">틀</namespace>
    </namespaces>
  </siteinfo>
`

/** Gives the number of its pages. */
async function writeDump(path: string): Promise<number> {
  const file = createWriteStream(path)
  const random = randomStream(7, 'dump').uniform
  file.write(head)
  let id = 0
  for (let bytes = 0; bytes < megabytes * 1e6; ) {
    const text = page(random, ++id)
    bytes += Buffer.byteLength(text)
    if (!file.write(text)) await once(file, 'drain')
  }
  file.end('</mediawiki>\n')
  await once(file, 'close')
  return id
}

/** Highest resident bytes so far of the processes below `root` that live, PostgreSQL's left out (VmHWM, proc(5)). */
function residentPeak(root: number): number {
  let bytes = 0
  const parents = new Map<number, number>()
  const states = new Map<number, string>()
  for (const name of readdirSync('/proc').filter((each) => /^\d+$/.test(each))) {
    try {
      const state = readFileSync(`/proc/${name}/status`, 'utf8')
      parents.set(Number(name), Number(/^PPid:\s*(\d+)/m.exec(state)?.[1]))
      states.set(Number(name), state)
    } catch (error) {
      // It has ended since it was listed.
      if (!(error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ESRCH')))
        throw error
    }
  }
  for (const [id, state] of states) {
    let above: number | undefined = id
    while (above !== undefined && above !== root) above = parents.get(above)
    if (above === root && !/^Name:\s*postgres/m.test(state))
      bytes += Number(/^VmHWM:\s*(\d+)/m.exec(state)?.[1] ?? 0) * 1024
  }
  return bytes
}

interface Timed {
  readonly seconds: number
  readonly output: string
  /** Sum over the processes that lived at one time, PostgreSQL's left out. */
  readonly peakBytes: number
}

async function timed(command: string, args: readonly string[], cwd: string): Promise<Timed> {
  const started = performance.now()
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'ignore'] })
  let output = ''
  child.stdout.on('data', (part) => {
    output += part
  })
  let peakBytes = 0
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over) {
    peakBytes = Math.max(peakBytes, residentPeak(child.pid ?? 0))
    await sleep(100)
  }
  const code = await ended
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}`)
  return { seconds: (performance.now() - started) / 1000, output, peakBytes }
}

const folder = mkdtempSync(join(tmpdir(), 'malmoi-bench-'))
const xml = join(folder, 'wiki.xml')
try {
  const pages = await writeDump(xml)
  const size = statSync(xml).size / 1e6
  if (packed) execFileSync('bzip2', ['-k', xml])
  const rate = ({ seconds, peakBytes }: Timed): string =>
    `${(size / seconds).toFixed(1)} MB/s, ${(pages / seconds).toFixed(0)} pages/s, peak RSS ${(peakBytes / 1e6).toFixed(0)} MB`
  console.log(`${size.toFixed(0)} MB of XML, ${pages} pages${packed ? ', read from its .bz2' : ''}`)
  const dump = packed ? `${xml}.bz2` : xml
  const source = { name: 'wiki', kind: 'wiki', dump, licence: 'CC-BY-SA-4.0' }
  writeFileSync(join(folder, 'malmoi.config.ts'), `export default ${JSON.stringify({ sources: [source] })}\n`)
  const command = join(import.meta.dirname, '../bin/malmoi.js')
  const crawled = await timed(process.execPath, [command, 'crawl', '--json', '--night', NIGHT], folder)
  const [batch] = JSON.parse(crawled.output).batches
  if (batch.new !== pages) throw new Error(`${batch.new} pages instead of ${pages}`)
  console.log(`malmoi crawl: ${rate(crawled)}`)
  const text = join(folder, 'text.jsonl')
  const extracted = await timed(
    process.execPath,
    [command, 'extract', '--captures', `wiki@${NIGHT}`, '--out', text],
    folder,
  )
  console.log(`malmoi extract: ${rate(extracted)}`)
  const python = process.env.MALMOI_PYTHON
  if (python === undefined) console.log('the peer is left out: MALMOI_PYTHON names no Python')
  else {
    const args = ['-m', 'wikiextractor.WikiExtractor', dump, '--json', '--no-templates', '--processes', '2']
    const theirs = await timed(python, [...args, '-q', '-o', join(folder, 'peer')], folder)
    console.log(`wikiextractor: ${rate(theirs)}`)
    console.log(
      `ratio ${(theirs.seconds / (crawled.seconds + extracted.seconds)).toFixed(2)} for crawl and extract together`,
    )
  }
} finally {
  await removeWorkspace(folder)
  rmSync(folder, { recursive: true, force: true })
}
