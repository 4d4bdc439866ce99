/**
 * robots.txt: parser and matcher of RFC 9309, with the Crawl-delay and Sitemap lines most sites also write.
 * Pure; fetching and keeping the file is for robots-keeper.ts.
 */
import { comparablePath, type PathPattern, pathPattern } from './path-pattern.ts'

export interface RobotsRule {
  readonly allow: boolean
  /** The line as the site wrote it, without its comment. */
  readonly text: string
  /** From 1. */
  readonly line: number
  readonly pattern: PathPattern
}

/** A group as one agent meets it. All agents of a group share its lists: a file of many names costs no more to read. */
export interface RobotsGroup {
  readonly rules: readonly RobotsRule[]
  readonly delaysMs: readonly number[]
  /** Delays before this one were said before the agent was named, so they are not its own. */
  readonly firstDelay: number
}

export interface RobotsFile {
  /** The groups that name an agent, by its lower-case product token; `*` is everyone else. */
  readonly groups: ReadonlyMap<string, readonly RobotsGroup[]>
  readonly sitemaps: readonly string[]
}

export interface RobotsAnswer {
  readonly allowed: boolean
  /** The line that decided, or `no matching rule`. */
  readonly rule: string
  /** Its line number; null where no rule matched. */
  readonly line: number | null
}

/** RFC 9309 section 2.5: at least 500 KiB are parsed; what lies behind is not. */
export const robotsLimitBytes = 500 * 1024

/** Misspellings that real files hold and that Google's parser reads too: the careful reading is the polite one. */
const directives = new Map([
  ['user-agent', 'agent'],
  ['useragent', 'agent'],
  ['user agent', 'agent'],
  ['allow', 'allow'],
  ['disallow', 'disallow'],
  ['dissallow', 'disallow'],
  ['dissalow', 'disallow'],
  ['disalow', 'disallow'],
  ['diasllow', 'disallow'],
  ['disallaw', 'disallow'],
  ['crawl-delay', 'delay'],
  ['crawldelay', 'delay'],
  ['sitemap', 'sitemap'],
  ['site-map', 'sitemap'],
])

/** Paths are compared as octets, so the file is read as octets: a legacy encoding stays what the site wrote. */
function octets(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = whole.subarray(0, robotsLimitBytes).toString('latin1')
  // A line cut in half could say `Disallow: /` where the site wrote `Disallow: /private`.
  const kept = bytes.byteLength > robotsLimitBytes ? text.slice(0, Math.max(0, text.search(/[\r\n][^\r\n]*$/))) : text
  // Google's parser skips a byte order mark that is only begun, too.
  return kept.replace(/^\xef(?:\xbb\xbf?)?/, '')
}

/** `trim` would take the octet A0, with which many a UTF-8 letter ends, for a blank. */
function withoutBlanks(text: string): string {
  const blank = (at: number) => ' \t\v\f'.includes(text.charAt(at))
  let start = 0
  let end = text.length
  while (start < end && blank(start)) start += 1
  while (start < end && blank(end - 1)) end -= 1
  return text.slice(start, end)
}

function encodeOctets(value: string): string {
  return value.replace(/[^\x00-\x7f]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`)
}

/**
 * Directive and value of a line. Google and Protego read lines whose colon was forgotten, so we do: a known name and
 * one word; after `user-agent` any words, or none.
 */
function readLine(line: string): readonly [directive: string | undefined, value: string] {
  const colon = line.indexOf(':')
  const named = directives.get(withoutBlanks(line.slice(0, Math.max(colon, 0))).toLowerCase())
  if (named !== undefined) return [named, withoutBlanks(line.slice(colon + 1))]
  const agent = /^user[ -]?agent(?:[ \t]+([^ \t:][^:]*))?$/i.exec(line)
  if (agent !== null) return ['agent', agent[1] ?? '']
  const [, name = '', value = ''] = /^([^ \t:]+)[ \t]+([^ \t]+)$/.exec(line) ?? []
  return [directives.get(name.toLowerCase()), value]
}

/** What an allowed `index.html` opens besides itself: its directory, which serves it (Google and Protego agree). */
function indexDirectory(value: string): readonly string[] {
  const directory = /^(.*\/)index\.html$/.exec(value)?.[1]
  return directory === undefined ? [] : [`${directory}$`]
}

/** Parses a robots.txt; never fails, lines it does not know are left out. */
export function parseRobots(file: Uint8Array | string): RobotsFile {
  const text = octets(typeof file === 'string' ? new TextEncoder().encode(file) : file)
  const groups = new Map<string, RobotsGroup[]>()
  const sitemaps: string[] = []
  let rules: RobotsRule[] = []
  let delaysMs: number[] = []
  let ruleSeen = false

  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const content = withoutBlanks(raw.split('#', 1)[0] ?? '')
    const [directive, value] = readLine(content)
    if (directive === 'sitemap') {
      if (value !== '') sitemaps.push(Buffer.from(value, 'latin1').toString('utf8'))
    } else if (directive === 'agent') {
      if (ruleSeen) {
        rules = []
        delaysMs = []
      }
      ruleSeen = false
      const agent = value.startsWith('*') ? '*' : /^[A-Za-z_-]+/.exec(value)?.[0].toLowerCase()
      if (agent === undefined) continue
      const naming = groups.get(agent) ?? []
      if (naming.at(-1)?.rules !== rules) naming.push({ rules, delaysMs, firstDelay: delaysMs.length })
      groups.set(agent, naming)
    } else if (directive === 'delay') {
      const seconds = Number(value)
      if (value !== '' && Number.isFinite(seconds) && seconds >= 0) delaysMs.push(Math.round(seconds * 1000))
    } else if (directive !== undefined) {
      ruleSeen = true
      if (value === '') continue
      const allow = directive === 'allow'
      const shown = Buffer.from(content, 'latin1')
        .toString('utf8')
        .replace(/[\x00-\x1f\x7f]/g, ' ')
      for (const path of [value, ...(allow ? indexDirectory(value) : [])])
        rules.push({ allow, text: shown, line: index + 1, pattern: pathPattern(encodeOctets(path)) })
    }
  }
  return { groups, sitemaps }
}

/** The groups an agent obeys, to be taken as one (section 2.2.1). */
function groupsOf(robots: RobotsFile, token: string): readonly RobotsGroup[] {
  return robots.groups.get(token.toLowerCase()) ?? robots.groups.get('*') ?? []
}

/** Whether the crawler of that product token may fetch the URL: longest match wins, allow wins a tie (section 2.2.2). */
export function askRobots(robots: RobotsFile, token: string, url: URL): RobotsAnswer {
  if (url.pathname === '/robots.txt') return { allowed: true, rule: 'robots.txt itself is always allowed', line: null }
  const path = comparablePath(url)
  let best: RobotsRule | null = null
  for (const rule of groupsOf(robots, token).flatMap(({ rules }) => rules)) {
    if (!rule.pattern.matches(path)) continue
    const longer = best === null || rule.pattern.length > best.pattern.length
    if (longer || (rule.pattern.length === best?.pattern.length && rule.allow && !best.allow)) best = rule
  }
  return best === null
    ? { allowed: true, rule: 'no matching rule', line: null }
    : { allowed: best.allow, rule: best.text, line: best.line }
}

/** Milliseconds the site asks that crawler to wait between two requests; null where it asks nothing. */
export function crawlDelay(robots: RobotsFile, token: string): number | null {
  const delays = groupsOf(robots, token).flatMap(({ delaysMs, firstDelay }) => delaysMs.slice(firstDelay))
  return delays.length === 0 ? null : delays.reduce((longest, delay) => Math.max(longest, delay))
}
