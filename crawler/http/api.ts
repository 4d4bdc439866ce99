/**
 * Asking a JSON API politely: tried again where that may help, its own words on pace obeyed (Retry-After, rate limit
 * headers), every exchange kept. What is asked, and what an answer means, is the source's.
 */
import { FailedError } from '../../pipeline/contract.ts'
import type { Frontier } from '../../pipeline/crawl-contract.ts'
import { type SiteRules, siteVerdict } from '../robots/verdict.ts'
import { exchangeOf } from '../warc/exchange.ts'
import { retryAfterMs } from '../web/visit.ts'
import type { HttpResponse, WireExchange } from './client.ts'
import { type PoliteClient, rest } from './polite.ts'

export interface ApiAnswer {
  readonly status: number
  readonly body: unknown
  /** Of the answer's Link header: addresses by relation. */
  readonly links: ReadonlyMap<string, string>
}

export interface ApiDependencies extends SiteRules {
  readonly client: PoliteClient
  readonly frontier: Frontier
  readonly signal: AbortSignal | undefined
  readonly retryMs: number
  /** Terms that invite programs to the API: robots.txt, which is written for crawlers of pages, is then not asked. */
  readonly terms: string | null
  /** What of an exchange is kept: all, or the head alone where a body holds more than may be kept. */
  readonly keep: (response: HttpResponse) => WireExchange
  /** Bytes of an answer. */
  readonly maxBodyBytes: number
}

const mostTries = 5
/** A server that asks for a longer pause is left for the night. */
const longestPauseMs = 5 * 60_000

/** The answer, whatever its status below 500; null where the crawl was interrupted. Throws FailedError after the last try. */
export async function askApi(api: ApiDependencies, url: string, purpose: string): Promise<ApiAnswer | null> {
  const { client, frontier, signal, retryMs } = api
  const verdict = api.terms === null ? await siteVerdict(api, new URL(url)) : null
  if (verdict?.kind === 'aborted') return null
  if (verdict?.kind === 'refused')
    throw new FailedError(
      `${url}: ${verdict.reason}`,
      'where the terms of the site invite programs to its API, name them in the source: api: { url, terms }',
    )
  let reason = ''
  for (let tries = 0; tries < mostTries; tries++) {
    const result = await client.get(url, {
      accept: 'application/json',
      maxBodyBytes: api.maxBodyBytes,
      overflow: 'refuse',
    })
    if (result.kind === 'aborted') return null
    if (result.kind === 'refused') throw new FailedError(`${url}: ${result.reason}`)
    let pause: number | null = null
    if (result.kind === 'retryable') reason = result.reason
    else {
      await frontier.keep({ key: url }, await exchangeOf(api.keep(result)), purpose)
      const answer = readAnswer(result)
      const limit = pauseAsked(result)
      const lagging = lagOf(answer?.body)
      if (answer !== null && result.status !== 429 && result.status < 500 && lagging === null) {
        // The last request of the allowance was used: the next one waits.
        if (limit !== null) await client.pause(new URL(url).host, Math.min(limit, longestPauseMs))
        return answer
      }
      reason = lagging ?? (answer === null ? 'the answer is not JSON' : `answered ${result.status}`)
      pause = limit
    }
    if (pause !== null && pause > longestPauseMs)
      throw new FailedError(`${url} ${reason} and asked for a pause of ${Math.round(pause / 1000)} s`)
    if (pause !== null) await client.pause(new URL(url).host, pause)
    else await rest(retryMs * 2 ** tries, signal)
  }
  throw new FailedError(`${url}: ${reason}`, 'try again later: what was read so far is kept')
}

function readAnswer(response: HttpResponse): ApiAnswer | null {
  try {
    const body: unknown = JSON.parse(Buffer.from(response.payload).toString('utf8'))
    return { status: response.status, body, links: linksOfHeader(response.headersDistinct.link ?? []) }
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

/** MediaWiki answers 200 while its replicas lag, and says for how long (`maxlag`). */
function lagOf(body: unknown): string | null {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
  return code === 'maxlag' || code === 'ratelimited' ? `answered "${code}"` : null
}

/** Milliseconds: Retry-After, or until the reset of a rate limit that is used up (X-RateLimit-Reset). */
function pauseAsked({ headers, fetchedAt }: HttpResponse): number | null {
  const asked = retryAfterMs(headers['retry-after'], fetchedAt)
  if (asked !== null) return asked
  const remaining = headers['x-ratelimit-remaining']
  const reset = headers['x-ratelimit-reset']
  if (typeof remaining !== 'string' || Number(remaining) > 0 || typeof reset !== 'string') return null
  const at = /^\d+$/.test(reset) ? Number(reset) * 1000 : Date.parse(reset)
  return Number.isNaN(at) ? null : Math.max(0, at - Date.now())
}

/** RFC 8288: `<https://…>; rel="next", <…>; rel="prev"`. */
function linksOfHeader(values: readonly string[]): ReadonlyMap<string, string> {
  const links = new Map<string, string>()
  for (const [, address, relation] of values.join(', ').matchAll(/<([^>]*)>\s*;\s*rel="?([\w-]+)"?/g))
    if (address !== undefined && relation !== undefined) links.set(relation, address)
  return links
}
