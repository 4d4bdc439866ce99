/** Asking hosts in the name of one source: who asks, how fast, and which addresses may be private. */
import { UsageError } from '../../pipeline/contract.ts'
import type { Manners } from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { isLoopbackHost } from './addresses.ts'
import { createHttpClient } from './client.ts'
import { createPoliteClient, type PoliteClient } from './polite.ts'
import { productToken, userAgentHeader } from './user-agent.ts'

/** The whole answer may take this many times as long as its first byte. */
const totalTimeouts = 4

export interface Session {
  readonly client: PoliteClient
  /** The product token robots.txt knows us by. */
  readonly token: string
  close(): Promise<void>
}

/** `starts` are the addresses that the config names. Throws UsageError where nobody is named who answers for the crawler. */
export function openSession(
  source: Manners,
  starts: readonly string[],
  { userAgent, hosts, signal }: Pick<CrawlDependencies, 'userAgent' | 'hosts' | 'signal'>,
): Session {
  const named = starts.map((start) => new URL(start))
  if (userAgent.contact === null && !named.every(isLoopbackHost))
    throw new UsageError('userAgent.contact is missing: give a URL or e-mail where site owners reach you')
  const mayBePrivate = new Set(source.privateHosts)
  const ownHosts = new Set(named.filter(isLoopbackHost).map(({ host }) => host))
  const http = createHttpClient({
    userAgent: userAgentHeader(userAgent),
    mayBePrivate: (hostname) => mayBePrivate.has(hostname),
    firstByteMs: source.timeoutMs,
    totalMs: source.timeoutMs * totalTimeouts,
  })
  const client = createPoliteClient(
    http,
    hosts,
    (host) => ({ delayMs: source.delayMs, ownHost: ownHosts.has(host) }),
    signal,
  )
  return {
    client,
    token: productToken(userAgent),
    async close() {
      await client.close()
      http.close()
    },
  }
}
