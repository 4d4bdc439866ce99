/**
 * How the crawler names itself: the User-Agent header it sends and the product token robots.txt knows it by.
 */
import { UsageError } from '../../pipeline/contract.ts'
import type { UserAgent } from '../../pipeline/crawl-contract.ts'

const crawlerVersion = '0.1'

/** `name/version (+contact)`, RFC 9110 section 10.1.5. */
export function userAgentHeader(userAgent: UserAgent): string {
  const product = userAgent.name.includes('/') ? userAgent.name : `${userAgent.name}/${crawlerVersion}`
  return userAgent.contact === null ? product : `${product} (+${userAgent.contact})`
}

/** The part of the name that robots.txt groups are matched with (RFC 9309 section 2.2.1). Throws UsageError on none. */
export function productToken(userAgent: UserAgent): string {
  const token = /^[A-Za-z_-]+/.exec(userAgent.name)?.[0]
  if (token === undefined)
    throw new UsageError(
      `userAgent.name is "${userAgent.name}": a crawler's name begins with letters, - or _, so that robots.txt can name it`,
    )
  return token
}
