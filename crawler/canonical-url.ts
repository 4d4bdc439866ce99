/**
 * One spelling for one page: RFC 3986 section 6 normalisation, without fragment, session and tracking parameters.
 * The order of the query is kept: some servers read it by position, and what is asked for must be what was linked.
 */

/** Parameters that tell where a reader came from, never which page it is. */
const trackingNames = new Set(
  [
    // Web analytics and advertising.
    'fbclid gclid dclid gbraid wbraid gclsrc msclkid yclid twclid ttclid li_fat_id igshid mc_cid mc_eid _ga _gl _hsenc _hsmi',
    // Naver and Kakao advertising.
    'n_media n_query n_rank n_ad n_ad_group n_ad_group_type n_keyword n_keyword_id n_campaign_type n_match napm',
    // Session ids in the address.
    'phpsessid jsessionid aspsessionid cfid cftoken',
  ].flatMap((names) => names.split(' ')),
)
/** Names that sessions and sections both go by: a value this long and random is a session's. */
const sessionNames = /^(?:s|sid|sess|session|session_?id|sessid)$/
const sessionValue = /^(?=.*\d)(?=.*[a-z])[\da-z_-]{16,}$/i

function isTracking(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=', 2)
  const lower = name.toLowerCase()
  if (lower.startsWith('utm_') || trackingNames.has(lower)) return true
  return sessionNames.test(lower) && sessionValue.test(value)
}

const encoder = new TextEncoder()

/** Upper-case escapes, unreserved characters decoded, everything outside `allowed` escaped, a lone % escaped. */
function normaliseEscapes(text: string, allowed: RegExp): string {
  return text.replace(/%[0-9A-Fa-f]{2}|[\s\S]/gu, (part) => {
    if (part.length === 3 && part.startsWith('%')) {
      const character = String.fromCharCode(Number.parseInt(part.slice(1), 16))
      return /[A-Za-z0-9._~-]/.test(character) ? character : part.toUpperCase()
    }
    if (allowed.test(part)) return part
    return [...encoder.encode(part)].map((octet) => `%${octet.toString(16).toUpperCase().padStart(2, '0')}`).join('')
  })
}

const pathCharacter = /^[A-Za-z0-9._~!$&'()*+,;=:@/-]$/
const queryCharacter = /^[A-Za-z0-9._~!$&'()*+,;=:@/?-]$/

function normalisePath(path: string): string {
  // Java's and ASP.NET's sessions without cookies.
  const withoutSession = path.replace(/;jsessionid=[^/?#;]*/gi, '').replace(/\/\((?:[ASF]\([^()/]*\))+\)(?=\/)/gi, '')
  const normal = normaliseEscapes(withoutSession, pathCharacter)
  return normal === '' ? '/' : normal
}

function normaliseQuery(search: string): string {
  const parameters = search.slice(1).split('&')
  const kept = parameters.filter((parameter) => parameter !== '' && !isTracking(parameter))
  return kept.length === 0 ? '' : `?${normaliseEscapes(kept.join('&'), queryCharacter)}`
}

/**
 * The canonical form of an http or https URL, absolute or relative to `base`; null for anything else.
 * Idempotent: the canonical form of a canonical form is itself.
 */
export function canonicalUrl(address: string, base?: string): string | null {
  const url = URL.parse(address, base)
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null
  const host = url.hostname.replace(/\.+$/, '')
  if (host === '') return null
  const port = url.port === '' ? '' : `:${url.port}`
  const canonical = `${url.protocol}//${host}${port}${normalisePath(url.pathname)}${normaliseQuery(url.search)}`
  // A second look at the result: decoding an escape may have made a new dot segment or tracking name.
  const settled = URL.parse(canonical)
  if (settled === null) return null
  return settled.href === url.href ? canonical : canonicalUrl(canonical)
}

const ampQuery = /^(?:amp(?:=(?:1|true)?)?|output(?:type)?=amp)$/i

/** The canonical URL of the main page where this one is spelled as its AMP twin; otherwise the URL itself. */
export function withoutAmp(canonical: string): string {
  const url = new URL(canonical)
  const path = url.pathname
    .replace(/\/amp\/?$/i, '')
    .replace(/\.amp(\.html?)?$/i, '$1')
    .replace(/^\/amp\/(?=.)/i, '/')
  const parameters = url.search.slice(1).split('&')
  const kept = parameters.filter((parameter) => parameter !== '' && !ampQuery.test(parameter))
  if (path === url.pathname && kept.length === parameters.length) return canonical
  const query = kept.length === 0 ? '' : `?${kept.join('&')}`
  return canonicalUrl(`${url.origin}${path === '' ? '/' : path}${query}`) ?? canonical
}
