/**
 * Whether a page reserves itself from text and data mining: the TDM Reservation Protocol (W3C CG report, 2024) and the
 * `noai` robots value. Such a page is not kept.
 */
import type { IncomingHttpHeaders } from 'node:http'

/** `noai` among the values of a robots header or meta, for everyone or for the crawler of that product token. */
function saysNoAi(value: string, token: string): boolean {
  return value
    .toLowerCase()
    .split(',')
    .some((part) => {
      const [rule = '', agent] = part
        .split(':')
        .map((piece) => piece.trim())
        .reverse()
      return rule === 'noai' && (agent === undefined || agent === token.toLowerCase())
    })
}

function joined(value: string | readonly string[] | undefined): string {
  return value === undefined ? '' : typeof value === 'string' ? value : value.join(', ')
}

/** The reservation that the answer's head states, as the site wrote it; null where none does. */
export function reservedByHeaders(headers: IncomingHttpHeaders, token: string): string | null {
  if (joined(headers['tdm-reservation']).trim() === '1') return 'TDM-Reservation: 1'
  const robots = joined(headers['x-robots-tag'])
  return saysNoAi(robots, token) ? `X-Robots-Tag: ${robots}` : null
}

/** The reservation that the page's meta elements state; null where none does. */
export function reservedByMetas(metas: ReadonlyMap<string, string>, token: string): string | null {
  if (metas.get('tdm-reservation')?.trim() === '1') return 'meta tdm-reservation: 1'
  for (const name of ['robots', token.toLowerCase()]) {
    const value = metas.get(name)
    if (value !== undefined && saysNoAi(value, token)) return `meta ${name}: ${value}`
  }
  return null
}
