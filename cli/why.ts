/** malmoi why: one document's whole story on a page. */
import { FailedError, UsageError } from '../pipeline/contract.ts'
import { documentStory } from '../store/story.ts'
import { asCanonical } from './lineage.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'URL',
  details: `
Tells of a URL: when and how it was fetched, or why not; every revision; what cleaning decided, with the measured value;
which copy it duplicates; the versions, shards, training sets and checkpoints that hold it.

  malmoi why https://example.org/news/1.html`,
  options: {},
  async run(call) {
    const [url, ...more] = call.positionals
    if (!url || more.length > 0) throw new UsageError('malmoi why takes one URL')
    const { connection } = await call.open()
    const story = await documentStory(connection.db, url, asCanonical(url))
    if (!story) {
      throw new FailedError(
        `nothing is known of ${url}`,
        'it was never found by a crawl: check `start`, `include` and `exclude` of its source',
      )
    }
    if (call.json) {
      call.emit(story)
      return
    }
    call.print(`${story.url}  (source ${story.source}, ${story.licence})`)
    call.print(
      `frontier: ${story.state}${story.reason ? `, ${story.reason}` : ''}${story.robotsRule ? `  [${story.robotsRule}]` : ''}`,
    )
    for (const capture of story.captures) {
      call.print(
        `${capture.night}  ${capture.state}  HTTP ${capture.status}  ${capture.fetchedAt}  [${capture.robotsRule}]`,
      )
    }
    for (const revision of story.revisions) {
      call.print(`revision ${revision.digest.slice(0, 12)}  ${revision.title ?? ''}`)
      for (const verdict of revision.verdicts) {
        call.print(
          verdict.kept
            ? '  kept by cleaning'
            : `  rejected: ${verdict.rule} ${verdict.measured}, threshold ${verdict.threshold}`,
        )
      }
      for (const { dataset, owner } of revision.duplicateOf) call.print(`  in ${dataset} a duplicate of ${owner}`)
      for (const version of revision.versions) call.print(`  in ${version}`)
      for (const shard of revision.shards)
        call.print(`  shard ${shard.shard.slice(0, 12)}, tokens ${shard.start}–${shard.start + shard.length}`)
    }
    for (const checkpoint of story.checkpoints) call.print(`trained on by checkpoint ${checkpoint.slice(0, 12)}`)
  },
}
