/**
 * Path patterns as robots.txt writes them (`*`, `$`, prefix match): one matcher for robots rules and for the
 * include and exclude lists of a source. Which pattern wins is for the caller.
 */

export interface PathPattern {
  /** Octets of the normalised pattern: the longest match wins in robots.txt. */
  readonly length: number
  matches(path: ComparablePath): boolean
}

/** A path with query in the form patterns are compared with; made by `comparablePath`. */
export interface ComparablePath {
  readonly comparable: string
}

const encoder = new TextEncoder()

function percent(octet: number): string {
  return `%${octet.toString(16).toUpperCase().padStart(2, '0')}`
}

/** Unreserved and reserved octets (RFC 3986 sections 2.2, 2.3), but those that delimit or have a meaning in a pattern. */
const plain = /^[A-Za-z0-9._~:@!&'()+,;=[\]-]$/
/** These delimit in a path only (RFC 3986 section 3.4, RFC 9309 table 1). */
const plainInQuery = /^[/?]$/

/**
 * One spelling for both sides, as RFC 9309 section 2.2.2 asks: reserved octets are the same with and without
 * percent-encoding, unreserved ones are decoded, all others encoded.
 */
function normalise(text: string): string {
  const query = text.indexOf('?')
  return text.replace(/%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~:/?#[\]@!$&'()*+,;=%-]+/g, (part, at: number) => {
    if (!part.startsWith('%')) return [...encoder.encode(part)].map(percent).join('')
    const character = String.fromCharCode(Number.parseInt(part.slice(1), 16))
    if (plain.test(character)) return character
    if (query >= 0 && at > query && plainInQuery.test(character)) return character
    return part.toUpperCase()
  })
}

/** Path and query of a URL, ready to be matched. A literal `*` or `$` is what a pattern spells %2A, %24. */
export function comparablePath(url: URL): ComparablePath {
  // An empty query is a query: `search` does not tell it from none, `href` does.
  const search = url.search === '' && /^[^#]*\?(?:#|$)/.test(url.href) ? '?' : url.search
  return {
    comparable: normalise(url.pathname + search)
      .replaceAll('*', '%2A')
      .replaceAll('$', '%24'),
  }
}

/** Compiles a pattern; matching takes time linear in path times number of stars, whatever the pattern. */
export function pathPattern(pattern: string): PathPattern {
  const normal = normalise(pattern)
  const anchored = normal.endsWith('$')
  const pieces = (anchored ? normal.slice(0, -1) : normal).replaceAll('$', '%24').split('*')
  const first = pieces[0] ?? ''
  const last = pieces.at(-1) ?? ''
  return {
    length: normal.length,
    matches({ comparable }) {
      if (!comparable.startsWith(first)) return false
      if (pieces.length === 1) return !anchored || comparable === first
      let at = first.length
      for (const piece of pieces.slice(1, -1)) {
        const found = comparable.indexOf(piece, at)
        if (found < 0) return false
        at = found + piece.length
      }
      if (anchored) return comparable.length - last.length >= at && comparable.endsWith(last)
      return comparable.indexOf(last, at) >= 0
    },
  }
}
