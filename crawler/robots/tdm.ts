/**
 * /.well-known/tdmrep.json of the TDM Reservation Protocol (W3C Community Group report, 2024): which paths of a site are
 * reserved from text and data mining. What a page's header or meta says is for directives.ts.
 */
import { comparablePath, type PathPattern, pathPattern } from './path-pattern.ts'

export interface TdmRule {
  /** As the site wrote it. */
  readonly location: string
  readonly reserved: boolean
  readonly policy: string | null
  readonly pattern: PathPattern
}
export type TdmRules = readonly TdmRule[]

/** Reads the file; what is no such list has no rules. A location is a pattern as robots.txt writes them. */
export function parseTdmRules(body: Uint8Array): TdmRules {
  let parsed: unknown
  try {
    parsed = JSON.parse(
      Buffer.from(body)
        .toString('utf8')
        .replace(/^\ufeff/, ''),
    )
  } catch (error) {
    if (error instanceof SyntaxError) return []
    throw error
  }
  return Array.isArray(parsed) ? parsed.flatMap(ruleOf) : []
}

function ruleOf(value: unknown): readonly TdmRule[] {
  if (typeof value !== 'object' || value === null || !('location' in value)) return []
  const { location } = value
  if (typeof location !== 'string' || location === '') return []
  const reservation = 'tdm-reservation' in value ? value['tdm-reservation'] : null
  const policy = 'tdm-policy' in value && typeof value['tdm-policy'] === 'string' ? value['tdm-policy'] : null
  const reserved = reservation === 1 || reservation === '1' || reservation === true
  return [{ location, reserved, policy, pattern: pathPattern(location) }]
}

/** The rule that reserves the URL; null where none does. Of several that match the longest counts; on a tie a reservation. */
export function reservingRule(rules: TdmRules, url: URL): TdmRule | null {
  const path = comparablePath(url)
  let best: TdmRule | null = null
  for (const rule of rules) {
    if (!rule.pattern.matches(path)) continue
    const length = best?.pattern.length ?? -1
    if (rule.pattern.length > length || (rule.pattern.length === length && rule.reserved)) best = rule
  }
  return best?.reserved ? best : null
}
