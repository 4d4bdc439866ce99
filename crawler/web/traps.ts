/**
 * Addresses without end, told by their looks: paths that repeat themselves, queries that grow, calendars beyond any
 * page. Pure; how many addresses of one form a night may find is counted where links enter the frontier.
 */

const mostSegments = 20
const mostRepeats = 3
const mostParameters = 10
/** A page may announce next year's events; one that dates from before printing is a calendar's. */
const yearsAhead = 1
const firstYear = 1800

/** Why an address looks like a trap; null where it does not. `night`: `YYYY-MM-DD`, before which dates are past. */
export function trapOf(url: URL, night: string): string | null {
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  if (segments.length > mostSegments) return `trap: ${segments.length} path segments`
  const often = mostFrequent(segments)
  if (often !== null) return `trap: the path repeats "${often}"`
  const names = parameterNames(url)
  if (names.length > mostParameters) return `trap: ${names.length} query parameters`
  const doubled = mostFrequent(names.filter((name) => !name.endsWith('[]') && !name.endsWith('%5B%5D')))
  if (doubled !== null) return `trap: the query repeats "${doubled}"`
  return calendarTrap(url, night)
}

/** A value that occurs more often than pages do it. */
function mostFrequent(values: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1
    if (count > mostRepeats) return value
    counts.set(value, count)
  }
  return null
}

function parameterNames(url: URL): readonly string[] {
  return url.search === ''
    ? []
    : url.search
        .slice(1)
        .split('&')
        .map((parameter) => parameter.split('=', 1)[0] ?? '')
}

const dateParameter = /[?&](?:y|year|yyyy|date|day|ymd|month|ym|cal(?:endar)?(?:date)?)=(\d{4})(?:-?\d{2}){0,2}(?:&|$)/i

/** `year=2031`, `date=20310501`: a path's numbers may count anything, a parameter of that name counts years. */
function calendarTrap(url: URL, night: string): string | null {
  const found = dateParameter.exec(url.search)?.[1]
  if (found === undefined) return null
  const last = Number(night.slice(0, 4)) + yearsAhead
  if (Number(found) > last) return `trap: a calendar beyond ${last}`
  return Number(found) < firstYear ? `trap: a calendar before ${firstYear}` : null
}

/**
 * The form an address shares with its variants: host and path with the names of its parameters, or a path that ends in
 * a date with the date left out. Null for an address that has no variants.
 */
export function formOf(url: URL): string | null {
  const names = parameterNames(url)
  if (names.length > 0) return `${url.host}${url.pathname}?${names.toSorted().join('&')}`
  const dated = url.pathname.replace(/\/\d{4}(?:[/-]\d{1,2}){1,2}\/?$/, '/{date}')
  return dated === url.pathname ? null : `${url.host}${dated}`
}
