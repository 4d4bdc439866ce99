/**
 * What an answer says to robots beside robots.txt: X-Robots-Tag, meta robots, and the TDM Reservation Protocol's header
 * and meta (W3C Community Group report, 2024). Whether it is obeyed is the source's; tdmrep.json is tdm.ts's.
 */

export interface Directives {
  /** noindex, none, or unavailable_after a time that has passed. */
  readonly noindex: boolean
  /** nofollow or none. */
  readonly nofollow: boolean
  readonly noai: boolean
  readonly tdm: boolean
  /** The statements that restrict something, as the site wrote them (noimageai too: images are not fetched). */
  readonly stated: readonly string[]
}

/** Rules that take a value; any other name before a colon is the crawler the rules are for. */
const valued = new Set(['unavailable_after', 'max-snippet', 'max-image-preview', 'max-video-preview'])
const restricting = /\b(?:noindex|none|nofollow|noai|noimageai|noarchive|nosnippet|notranslate|unavailable_after)\b/i

const nothing: Directives = { noindex: false, nofollow: false, noai: false, tdm: false, stated: [] }

/** Reads one value; rules for other crawlers are left out. `at`: the time of the fetch, ISO 8601. */
function readRules(value: string, token: string, at: string): Omit<Directives, 'tdm' | 'stated'> {
  const rules = new Set<string>()
  let forUs = true
  for (const part of value.toLowerCase().split(',')) {
    const named = /^\s*([a-z][a-z0-9_-]*)\s*:\s*(.*)$/.exec(part)
    const isAgent = named !== null && !valued.has(named[1] ?? '')
    if (isAgent) forUs = named[1] === token.toLowerCase() || named[1] === 'robots'
    if (forUs) rules.add((isAgent ? (named[2] ?? '') : part).trim())
  }
  const until = /unavailable_after\s*:\s*([^,]*(?:,[^,]*\d\d:\d\d[^,]*)?)/i.exec(value)?.[1]
  const expired =
    until !== undefined &&
    Date.parse(until) < Date.parse(at) &&
    [...rules].some((rule) => rule.startsWith('unavailable_after'))
  const none = rules.has('none')
  return {
    noindex: rules.has('noindex') || none || expired,
    nofollow: rules.has('nofollow') || none,
    noai: rules.has('noai'),
  }
}

function join(a: Directives, b: Directives): Directives {
  return {
    noindex: a.noindex || b.noindex,
    nofollow: a.nofollow || b.nofollow,
    noai: a.noai || b.noai,
    tdm: a.tdm || b.tdm,
    stated: [...a.stated, ...b.stated],
  }
}

function statement(name: string, value: string, token: string, at: string): Directives {
  if (/^tdm-reservation$/i.test(name))
    return value.trim() === '1' ? { ...nothing, tdm: true, stated: [`${name}: 1`] } : nothing
  return {
    ...readRules(value, token, at),
    tdm: false,
    stated: restricting.test(value) ? [`${name}: ${value.trim()}`] : [],
  }
}

/** What the head of an answer says to the crawler of that product token. */
export function headerDirectives(headers: NodeJS.Dict<string[]>, token: string, at: string): Directives {
  const robots = (headers['x-robots-tag'] ?? []).map((value) => statement('X-Robots-Tag', value, token, at))
  const tdm = (headers['tdm-reservation'] ?? []).map((value) => statement('TDM-Reservation', value, token, at))
  return [...robots, ...tdm].reduce(join, nothing)
}

/** What the meta elements of a page say, by lower-case name. */
export function metaDirectives(metas: ReadonlyMap<string, string>, token: string, at: string): Directives {
  return ['robots', token.toLowerCase(), 'tdm-reservation']
    .flatMap((name) => {
      const value = metas.get(name)
      if (value === undefined) return []
      const said = statement(name, value, token, at)
      return [{ ...said, stated: said.stated.map((text) => `meta ${text}`) }]
    })
    .reduce(join, nothing)
}

/** Both together. */
export function joinDirectives(head: Directives, page: Directives): Directives {
  return join(head, page)
}

/** Why a page that says so may not be kept; null where it may. */
export function forbiddenBy(
  said: Directives,
  obey: { readonly noindex: boolean; readonly noai: boolean; readonly tdm: boolean },
): string | null {
  const words = said.stated.join('; ')
  if (said.tdm && obey.tdm) return `reserved from text and data mining (${words})`
  if (said.noai && obey.noai) return `reserved from text and data mining (${words})`
  return said.noindex && obey.noindex ? `not to be indexed (${words})` : null
}
