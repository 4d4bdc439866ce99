/**
 * social: public posts over the Mastodon API, of authors who allow indexing and of nobody else: what others wrote is not
 * kept, not even in the record of the exchange. Posts that were deleted, or whose author changed their mind, are gone.
 */
import { FailedError } from '../../pipeline/contract.ts'
import type { CapturedOutcome, FrontierEntry, Outcome, SocialSource } from '../../pipeline/crawl-contract.ts'
import type { CrawlDependencies } from '../dependencies.ts'
import { type ApiAnswer, type ApiDependencies, askApi } from '../http/api.ts'
import { openSession } from '../http/session.ts'
import {
  absenceOutcome,
  admittedOutcome,
  failOnNothing,
  type ImportItem,
  importItems,
  payloadOutcome,
  refusedOutcome,
} from '../import/import.ts'
import { canonicalRecord, type Fields, isFields, recordContentType } from '../import/record.ts'
import { createSiteFiles } from '../robots/site-files.ts'
import { headAlone } from '../warc/exchange.ts'
import { nextVisit } from '../web/revisit.ts'

/** The most that one request gives (docs.joinmastodon.org, timelines), and that one may look up. */
const postsAtOnce = 40
const lookUpAtOnce = 20
const rule = 'public posts of authors who allow indexing, by the API'

interface Post {
  readonly id: string
  readonly url: string
  /** Why it may not be kept; null where it may. */
  readonly withheld: string | null
  readonly payload: Uint8Array
}

/** Resolves early, without error, when the signal aborts. Throws FailedError where no instance answers. */
export async function crawlSocial(source: SocialSource, dependencies: CrawlDependencies): Promise<void> {
  const { frontier, sites, night, signal, retryMs = 1000 } = dependencies
  const session = openSession(source, source.start, dependencies)
  const { client, token } = session
  const siteFiles = createSiteFiles({ client, frontier, memory: sites, night, token, signal, retryMs })
  const api: ApiDependencies = {
    ...{ client, frontier, signal, retryMs, siteFiles, token },
    obeyTdm: true,
    terms: null,
    keep: headAlone,
    maxBodyBytes: source.maxBodyBytes * postsAtOnce,
  }
  try {
    await recheck(api, source, dependencies)
    for (const start of source.start)
      for (const timeline of source.timelines) {
        if (signal?.aborted === true) return
        await readTimeline(api, source, new URL(start), timeline, dependencies)
      }
    if (signal?.aborted !== true)
      await failOnNothing(
        dependencies,
        source.name,
        'no public post of an author who allows indexing was found',
        'see `malmoi why URL` for a post, and `timelines` for where to look',
      )
  } finally {
    await session.close()
  }
}

/** The API's address of a timeline, newest posts first; null where the crawl was interrupted. */
async function timelineUrl(api: ApiDependencies, instance: URL, timeline: string): Promise<URL | null> {
  const [kind = '', name = ''] = timeline.split(/:(.*)/s)
  const at = (path: string, parameters: Readonly<Record<string, string>> = {}): URL => {
    const url = new URL(path, instance)
    for (const [key, value] of Object.entries({ limit: String(postsAtOnce), ...parameters }))
      url.searchParams.set(key, value)
    return url
  }
  if (kind === 'local') return at('/api/v1/timelines/public', { local: 'true' })
  if (kind === 'public') return at('/api/v1/timelines/public')
  if (kind === 'tag') return at(`/api/v1/timelines/tag/${encodeURIComponent(name)}`)
  const lookup = new URL('/api/v1/accounts/lookup', instance)
  lookup.searchParams.set('acct', name)
  const answer = await askApi(api, lookup.href, 'API: account')
  if (answer === null) return null
  const id = isFields(answer.body) ? answer.body.id : null
  if (answer.status !== 200 || typeof id !== 'string')
    throw new FailedError(`${instance.host} knows no account ${name}`, 'write it as the instance does: account:NAME')
  return at(`/api/v1/accounts/${encodeURIComponent(id)}/statuses`, { exclude_reblogs: 'true' })
}

/** Reads what is newer than the last night's newest post; on the first night, back from the newest. */
async function readTimeline(
  api: ApiDependencies,
  source: SocialSource,
  instance: URL,
  timeline: string,
  dependencies: CrawlDependencies,
): Promise<void> {
  const { frontier, signal } = dependencies
  const state = `${instance.host} ${timeline}`
  const known = await frontier.recall(state)
  const url = await timelineUrl(api, instance, timeline)
  if (url === null) return
  const since = typeof known === 'string' ? known : null
  if (since !== null) url.searchParams.set('min_id', since)
  let newest = since
  async function* items(): AsyncGenerator<ImportItem> {
    let next: string | undefined = url?.href
    for (let page = 0; next !== undefined && page < source.maxPages; page++) {
      const answer: ApiAnswer | null = await askApi(api, next, `API: ${timeline}`)
      if (answer === null) return
      const posts = postsOf(answer, next)
      if (posts.length === 0) return
      for (const post of posts) {
        if (newest === null || isNewer(post.id, newest)) newest = post.id
        yield postItem(source, instance, post)
      }
      // min_id gives the posts that follow it, so newer ones lie behind "prev".
      next = answer.links.get(since === null ? 'next' : 'prev')
    }
  }
  await importItems(dependencies, items(), null)
  if (signal?.aborted !== true && newest !== null) await frontier.remember(state, newest)
}

/** Ids are numbers of any length, as text. */
function isNewer(a: string, b: string): boolean {
  return a.length > b.length || (a.length === b.length && a > b)
}

function postsOf({ status, body }: ApiAnswer, url: string): readonly Post[] {
  if (status !== 200 || !Array.isArray(body))
    throw new FailedError(`${url} answered ${status}: is it an instance whose timelines are public?`)
  return body.flatMap((value) => (isFields(value) ? (postOf(value) ?? []) : []))
}

/** Reads a status entity; null where it is somebody else's post that was passed on. */
function postOf(status: Fields): Post | null {
  const {
    id,
    url,
    uri,
    reblog,
    account,
    visibility,
    content,
    spoiler_text: warning,
    created_at: created,
    language,
  } = status
  const address = typeof url === 'string' ? url : uri
  if (typeof id !== 'string' || typeof address !== 'string' || isFields(reblog) || !isFields(account)) return null
  // Absent before Mastodon 4.2: who was never asked has not agreed.
  const allowed = account.indexable === true && account.noindex !== true
  const withheld = visibility !== 'public' ? 'not a public post' : allowed ? null : 'its author does not allow indexing'
  const said = typeof warning === 'string' && warning !== '' ? `<p>${escaped(warning)}</p>` : ''
  const payload = canonicalRecord({
    id: address,
    text: `${said}${typeof content === 'string' ? content : ''}`,
    form: 'html',
    title: null,
    url: address,
    author: typeof account.url === 'string' ? account.url : null,
    published: typeof created === 'string' ? created : null,
    lang: typeof language === 'string' ? language : null,
  })
  return { id, url: address, withheld, payload }
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** A post is known by its instance and its id there: by those it is looked up again. */
function keyOf(instance: URL, id: string): string {
  return `${instance.origin}/api/v1/statuses/${id}`
}

function postItem(source: SocialSource, instance: URL, post: Post): ImportItem {
  const key = keyOf(instance, post.id)
  return {
    key,
    url: post.url,
    outcome: (entry) => postOutcome(source, post, entry),
    place: { key: `${key}#again`, words: post.url },
    bytes: post.payload.byteLength,
  }
}

async function postOutcome(source: SocialSource, post: Post, entry: FrontierEntry): Promise<Outcome> {
  const neverHad = entry.previous === null
  if (post.withheld !== null)
    return neverHad
      ? refusedOutcome(post.withheld, source.revisit.maxNights)
      : await absenceOutcome(entry, `the instance: ${post.withheld}`)
  const outcome: CapturedOutcome = await payloadOutcome(post.payload, recordContentType, rule)(entry)
  const visit = neverHad ? 'new' : outcome.payload === entry.previous.payload ? 'unchanged' : 'changed'
  return { ...outcome, revisit: nextVisit(visit, entry.revisit, source.revisit) }
}

/** Looks up the posts that are due: whether they are still there, and still to be kept. */
async function recheck(
  api: ApiDependencies,
  source: SocialSource,
  { frontier, meter, signal }: CrawlDependencies,
): Promise<void> {
  const hosts = await frontier.hosts()
  for (;;) {
    const due = await frontier.take(hosts, lookUpAtOnce)
    if (due.length === 0 || signal?.aborted === true) return
    for (const [origin, entries] of Map.groupBy(due, ({ key }) => new URL(key).origin)) {
      for (let from = 0; from < entries.length; from += lookUpAtOnce) {
        const some = entries.slice(from, from + lookUpAtOnce)
        const found = await lookUp(
          api,
          new URL(origin),
          some.map(({ key }) => key.slice(key.lastIndexOf('/') + 1)),
        )
        if (found === null) return
        for (const entry of some) {
          const post = found.get(entry.key)
          const outcome = await admittedOutcome(entry, async () =>
            post !== undefined
              ? await postOutcome(source, post, entry)
              : entry.previous === null
                ? refusedOutcome('deleted', source.revisit.maxNights)
                : await absenceOutcome(entry, 'the instance'),
          )
          meter.add(entry, outcome, await frontier.settle(entry, outcome))
        }
      }
    }
  }
}

/** The posts of these ids that are still there, by key; null where the crawl was interrupted. */
async function lookUp(
  api: ApiDependencies,
  instance: URL,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Post> | null> {
  const several = new URL('/api/v1/statuses', instance)
  for (const id of ids) several.searchParams.append('id[]', id)
  const answer = await askApi(api, several.href, 'API: posts')
  if (answer === null) return null
  // Since Mastodon 4.3; older instances are asked for each by itself.
  const posts = answer.status === 200 ? postsOf(answer, several.href) : await lookUpEach(api, instance, ids)
  return posts === null ? null : new Map(posts.map((post) => [keyOf(instance, post.id), post]))
}

async function lookUpEach(
  api: ApiDependencies,
  instance: URL,
  ids: readonly string[],
): Promise<readonly Post[] | null> {
  const posts: Post[] = []
  for (const id of ids) {
    const url = new URL(`/api/v1/statuses/${encodeURIComponent(id)}`, instance).href
    const answer = await askApi(api, url, 'API: post')
    if (answer === null) return null
    const post = answer.status === 200 && isFields(answer.body) ? postOf(answer.body) : null
    if (post !== null) posts.push(post)
    else if (answer.status !== 404 && answer.status !== 410 && answer.status !== 200)
      throw new FailedError(`${url} answered ${answer.status}`)
  }
  return posts
}
