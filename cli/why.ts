/** malmoi why: one document's whole story on a page; of an address that no crawl took in, why not. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pageScope } from '../crawler/sources/web-kinds.ts'
import { formOf } from '../crawler/web/traps.ts'
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { nightAt } from '../pipeline/night.ts'
import type { Config } from '../pipeline/recipe.ts'
import { storyOf } from '../pipeline/story.ts'
import type { LeftOutOf, Story } from '../store/answers.ts'
import { formReason } from '../store/links.ts'
import { omittedFor } from '../store/story.ts'
import { type DocumentTakedown, takedownOf } from '../store/takedown/affected.ts'
import { CONFIG_FILE } from './config-fields.ts'
import { keysOf } from './document-keys.ts'
import type { Verb } from './verb.ts'
import type { Workspace } from './workspace.ts'

export const verb: Verb = {
  usage: 'URL',
  details: `
Tells of a URL, or of the id of an imported record: when and how it was fetched, or why not; when it is due again; every
exchange and revision; what cleaning decided, with the measured value; which copy it duplicates; the versions, shards,
training sets and checkpoints that hold it, and what of its recipe keeps it out of a dataset. Of an address that no crawl took in it says what keeps it out.

  malmoi why https://example.org/news/1.html`,
  options: {},
  async run(call) {
    const [url, ...more] = call.positionals
    if (!url || more.length > 0) throw new UsageError('malmoi why takes one URL')
    const config = existsSync(join(call.folder, CONFIG_FILE)) ? await call.config() : null
    const workspace = await call.open()
    const story = await storyOf(workspace.connection.db, keysOf(url, config))
    if (!story) {
      const reasons = config === null ? [] : await reasonsAgainst(workspace, config, url)
      throw new FailedError(`nothing is known of ${url}`, reasons.join('; ') || 'it was never found by a crawl')
    }
    const takedown = await takedownOf(workspace.connection.db, [story.url])
    if (call.json) call.emit({ ...story, takedown })
    else {
      for (const line of storyLines(story)) call.print(line)
      if (takedown !== null) call.print(takedownLine(takedown))
    }
  },
}

function takedownLine({ takedown, state, scope, reason, at }: DocumentTakedown): string {
  const outcome = state === 'done' ? 'taken down' : 'being taken down'
  return `${outcome} by takedown ${takedown} of ${at}, scope ${scope}: ${reason}`
}

/** What each source has against an address, in words. */
async function reasonsAgainst({ connection }: Workspace, config: Config, url: string): Promise<readonly string[]> {
  const night = nightAt(new Date(), config.timeZone)
  const reasons: string[] = []
  for (const source of config.sources) {
    const scope = pageScope(source, night)
    const located = scope?.locate(url) ?? null
    if (scope === null || located === null) continue
    const outside = scope.outside(new URL(located.url), false)
    const form = formOf(new URL(located.url))
    const reason = form === null || !('maxVariants' in source) ? null : formReason(form, source.maxVariants)
    const omitted = reason === null ? null : await omittedFor(connection.db, source.name, reason)
    if (outside !== null) reasons.push(`source ${source.name}: ${outside}`)
    else if (omitted !== null) reasons.push(`source ${source.name}, ${omitted.night}: ${reason}`)
    else reasons.push(`source ${source.name} would take it in, but no page that was fetched links to it`)
  }
  return reasons
}

/** `email 2, phone 1` */
function countsOf(kinds: readonly string[]): string {
  return [...Map.groupBy(kinds, (kind) => kind)].map(([kind, all]) => `${kind} ${all.length}`).join(', ')
}

function leftText(left: LeftOutOf): string {
  switch (left.reason) {
    case 'licence':
      return `its licence ${left.licence} is none of the recipe's, ${left.licences.join(', ')}`
    case 'window':
      return `its day ${left.day} is not within ${left.since ?? 'the beginning'}–${left.until ?? 'now'}`
    case 'cap':
      return `the source ${left.source} has its cap without it, ${capText(left.cap)}`
    case 'mixture':
      return `the source ${left.source} has its share without it, ${(100 * left.share).toFixed(1)} % of the bytes`
  }
}

function capText({ documents, bytes }: { readonly documents?: number; readonly bytes?: number }): string {
  const bounds = [
    ...(documents === undefined ? [] : [`${documents.toLocaleString('en')} documents`]),
    ...(bytes === undefined ? [] : [`${bytes.toLocaleString('en')} bytes`]),
  ]
  return bounds.join(' and ')
}

function* storyLines(story: Story): Iterable<string> {
  const { state, reason, robotsRule, due, revisit, depth, unreached } = story
  yield `${story.url}  (source ${story.source}, ${story.licence}${story.terms === null ? '' : `, ${story.terms}`})`
  yield `frontier: ${state}${reason ? `, ${reason}` : ''}${robotsRule ? `  [${robotsRule}]` : ''}`
  if (unreached !== null) yield `  waiting: ${unreached.reason} (${unreached.night})`
  if (due !== null) {
    const every = revisit === null || revisit === 0 ? '' : `, every ${Number(revisit.toFixed(1))} nights`
    yield `  due ${due}${every}, depth ${depth}${story.askedFor === null ? '' : `, asked for as ${story.askedFor}`}`
  }
  for (const { night, status, reason: why, fetchedAt, warc, offset } of story.exchanges)
    yield `${night}  HTTP ${status}  ${fetchedAt}  ${why}  ${warc}:${offset}`
  for (const capture of story.captures) {
    const said = capture.directives === null ? '' : `  {${capture.directives}}`
    const main = capture.canonical === null ? '' : `  a copy of ${capture.canonical}`
    const { night, status, fetchedAt, robotsRule: rule, warc, offset } = capture
    yield `${night}  ${capture.state}  HTTP ${status}  ${fetchedAt}  [${rule}]${said}${main}  ${warc}:${offset}`
  }
  for (const revision of story.revisions) {
    const { digest, title, licence } = revision
    yield `revision ${digest.slice(0, 12)}  ${title ?? ''}${licence === null ? '' : `  (states ${licence})`}`
    for (const verdict of revision.verdicts)
      yield verdict.kept
        ? '  kept by cleaning'
        : `  rejected: ${verdict.rule} ${verdict.measured}, threshold ${verdict.threshold}`
    if (revision.personal.length > 0)
      yield `  personal data masked: ${countsOf(revision.personal.map(({ kind }) => kind))}`
    for (const { set, item, letters } of revision.contamination)
      yield `  shares ${letters} letters with ${item} of the evaluation set ${set}`
    for (const { dataset, owner, similarity } of revision.duplicateOf)
      yield `  in ${dataset} a duplicate of ${owner}, similarity ${similarity}`
    for (const { dataset, paragraphs, since } of revision.omitted)
      yield `  in ${dataset} since @${since} without its paragraphs ${paragraphs.map((place) => place + 1).join(', ')}, which another document has first`
    for (const version of revision.versions) yield `  in ${version}`
    for (const shard of revision.shards)
      yield `  shard ${shard.shard.slice(0, 12)}, tokens ${shard.start}–${shard.start + shard.length}`
  }
  for (const left of story.leftOut) yield `not in ${left.version}: ${leftText(left)}`
  for (const checkpoint of story.checkpoints) yield `trained on by checkpoint ${checkpoint.slice(0, 12)}`
}
