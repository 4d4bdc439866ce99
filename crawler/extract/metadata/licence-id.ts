/** Ids of public licences, in the manner of SPDX, from the addresses and names that pages give them. */

const CREATIVE_COMMONS =
  /creativecommons\.org\/(?:licenses|publicdomain)\/(?<terms>[a-z]{2,4}(?:[-+][a-z]{2}){0,2})(?:\/(?<version>\d\.\d))?(?:\/(?<port>[a-z]{2,3})(?![a-z.]))?/i
/** As a name: CC BY-SA 4.0. */
const CREATIVE_COMMONS_NAME =
  /^(?:creative commons|cc)[- ](?<terms>by(?:[- ](?:sa|nd|nc)){0,2})[- ](?<version>\d\.\d)(?:[- ](?<port>kr|igo))?$/i
/** The Korea Open Government Licence, 공공누리 제1유형 to 제4유형. */
const KOGL =
  /(?:kogl\.or\.kr\/[^\s"]{0,60}?(?:licenseType|#0?)|공공누리[^\n\d]{0,12}|^KOGL[- ](?:type[- ])?)(?<type>[0-4])/i
const LONGEST_MARK = 500

/** `CC-BY-SA-4.0`, `CC-BY-2.0-KR`, `CC0-1.0`, `KOGL-1` from a URL or a name; null for what is none of these. */
export function licenceId(mark: string): string | null {
  const text = mark.slice(0, LONGEST_MARK).trim()
  const kogl = text.match(KOGL)?.groups?.type
  if (kogl !== undefined) return `KOGL-${kogl}`
  if (/^cc0(?: 1\.0)?$/i.test(text)) return 'CC0-1.0'
  const parts = (text.match(CREATIVE_COMMONS) ?? text.match(CREATIVE_COMMONS_NAME))?.groups
  if (parts === undefined) return null
  const terms = parts.terms!.toUpperCase().replace(/[ +]/g, '-')
  const version = parts.version ?? null
  if (terms === 'ZERO') return `CC0-${version ?? '1.0'}`
  if (terms === 'MARK') return `CC-PDM-${version ?? '1.0'}`
  const port = parts.port === undefined ? '' : `-${parts.port.toUpperCase()}`
  return version === null ? `CC-${terms}` : `CC-${terms}-${version}${port}`
}
