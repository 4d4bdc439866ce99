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

export interface RobotsFile {
  /** Rules and delay by lower-case product token; `*` is the group of everyone else. */
  readonly groups: ReadonlyMap<string, { readonly rules: readonly RobotsRule[]; readonly crawlDelayMs: number | null }>
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

interface Group {
  readonly rules: RobotsRule[]
  crawlDelayMs: number | null
}

/** Paths are compared as octets, so the file is read as octets: a legacy encoding stays what the site wrote. */
function octets(bytes: Uint8Array): string {
  const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const text = whole.subarray(0, robotsLimitBytes).toString('latin1')
  // A line cut in half could say `Disallow: /` where the site wrote `Disallow: /private`.
  const kept = bytes.byteLength > robotsLimitBytes ? text.slice(0, Math.max(0, text.search(/[\r\n][^\r\n]*$/))) : text
  return kept.startsWith('\u00ef\u00bb\u00bf') ? kept.slice(3) : kept
}

function encodeOctets(value: string): string {
  return value.replace(/[^\x00-\x7f]/g, (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Parses a robots.txt; never fails, lines it does not know are left out. Groups of one agent are merged. */
export function parseRobots(file: Uint8Array | string): RobotsFile {
  const text = octets(typeof file === 'string' ? new TextEncoder().encode(file) : file)
  const groups = new Map<string, Group>()
  const sitemaps: string[] = []
  let agents: string[] = []
  let ruleSeen = false

  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const content = (raw.split('#', 1)[0] ?? '').trim()
    const parts = /^([^:]*?)\s*:\s*(.*)$/.exec(content)
    const directive = directives.get(parts?.[1]?.toLowerCase() ?? '')
    const value = parts?.[2] ?? ''
    if (directive === 'sitemap') {
      if (value !== '') sitemaps.push(Buffer.from(value, 'latin1').toString('utf8'))
    } else if (directive === 'agent') {
      if (ruleSeen) agents = []
      ruleSeen = false
      const agent = value.startsWith('*') ? '*' : (/^[A-Za-z_-]+/.exec(value)?.[0] ?? value).toLowerCase()
      agents.push(agent)
      if (!groups.has(agent)) groups.set(agent, { rules: [], crawlDelayMs: null })
    } else if (directive === 'delay') {
      const seconds = Number(value)
      if (value === '' || !Number.isFinite(seconds) || seconds < 0) continue
      for (const agent of agents) {
        const group = groups.get(agent)
        if (group !== undefined) group.crawlDelayMs = Math.max(group.crawlDelayMs ?? 0, Math.round(seconds * 1000))
      }
    } else if (directive !== undefined) {
      ruleSeen = true
      if (value === '') continue
      const rule: RobotsRule = {
        allow: directive === 'allow',
        text: Buffer.from(content, 'latin1')
          .toString('utf8')
          .replace(/[\x00-\x1f\x7f]/g, ' '),
        line: index + 1,
        pattern: pathPattern(encodeOctets(value)),
      }
      for (const agent of new Set(agents)) groups.get(agent)?.rules.push(rule)
    }
  }
  return { groups, sitemaps }
}

function groupOf(robots: RobotsFile, token: string) {
  return robots.groups.get(token.toLowerCase()) ?? robots.groups.get('*')
}

/** Whether the crawler of that product token may fetch the URL: longest match wins, allow wins a tie (section 2.2.2). */
export function askRobots(robots: RobotsFile, token: string, url: URL): RobotsAnswer {
  if (url.pathname === '/robots.txt') return { allowed: true, rule: 'robots.txt itself is always allowed', line: null }
  const path = comparablePath(url)
  let best: RobotsRule | null = null
  for (const rule of groupOf(robots, token)?.rules ?? []) {
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
  return groupOf(robots, token)?.crawlDelayMs ?? null
}
