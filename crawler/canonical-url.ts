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
    'phpsessid jsessionid aspsessionid',
  ].flatMap((names) => names.split(' ')),
)

function isTracking(parameter: string): boolean {
  const name = (parameter.split('=', 1)[0] ?? '').toLowerCase()
  return name.startsWith('utm_') || trackingNames.has(name)
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
  const withoutSession = path.replace(/;jsessionid=[^/?#;]*/gi, '')
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
