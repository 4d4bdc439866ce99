/**
 * clean: a batch's revisions → a verdict for each: the clean text, or the rule that rejects it with its measured value.
 * Input: the batch's revisions. Rejected documents stay in the artifact with their reason.
 */
import { Readable } from 'node:stream'
import { cleanText, MEASURES } from '../../clean/clean.ts'
import { judge } from '../../clean/judge.ts'
import { addVerdicts, type Cleaning, cleaningId, type VerdictLine } from '../../store/documents.ts'
import { grouped } from '../../store/grouped.ts'
import { indexTexts } from '../../store/search/index-texts.ts'
import {
  type CleaningConfig,
  type Digest,
  FailedError,
  type Measures,
  type PersonalSpan,
  type RevisionLine,
  type Verdict,
} from '../contract.ts'
import { canonicalJson, digestOf, sha256 } from '../digest.ts'
import { numberOf } from '../meta.ts'
import type { Stage } from '../stage.ts'
import { readLines, writeLines } from './lines.ts'
import { memoised } from './memo.ts'

type Config = { readonly source: string; readonly cleaning: CleaningConfig }
/** The key of pseudonyms, which stands in no configuration and in no table. */
type Outside = { readonly pseudonymKey: string | null }

/** One line of a clean artifact. */
export type CleanLine = {
  readonly key: string
  readonly revision: Digest
  readonly measures: Measures
} & (
  | {
      readonly kept: true
      readonly digest: Digest
      readonly text: string
      readonly personal: readonly PersonalSpan[]
    }
  | { readonly kept: false; readonly rule: string; readonly value: number; readonly threshold: number }
)

const DOCUMENTS_A_TASK = 64

export const clean: Stage<Config, Outside> = {
  name: 'clean',
  adapter: new URL(import.meta.url),
  memo: { differs: ['cleaning', 'rules'] },
  async run({ config, inputs, outside, objects, code, before, map, progress }) {
    const [revisions] = inputs
    if (!revisions) throw new Error('clean needs revisions')
    const secret = secretOf(config.cleaning, outside.pseudonymKey)
    const total = numberOf(revisions, 'documents') ?? null
    let kept = 0
    let rejected = 0
    async function* judged(lines: AsyncIterable<RevisionLine>): AsyncIterable<CleanLine> {
      async function* tasks() {
        for await (const group of grouped(lines, DOCUMENTS_A_TASK)) {
          const given = group.map(({ key, revision, text, payload, takenDown }) => {
            return { key, revision, text, payload, takenDown }
          })
          yield { cleaning: config.cleaning, secret, lines: given }
        }
      }
      const task = { module: import.meta.url, name: 'cleanDocuments' }
      for await (const group of map<object, readonly CleanLine[]>(task, tasks())) yield* group
    }
    async function* verdicts(): AsyncIterable<CleanLine> {
      const lines = readLines<RevisionLine>(objects, revisions!.digest)
      const all = before
        ? memoised(
            lines,
            readLines<CleanLine>(objects, before.digest),
            ({ revision }, line) => (line.revision === revision ? judgedAgain(line, config.cleaning.rules) : null),
            (fresh) => judged(Readable.from(fresh)),
          )
        : judged(lines)
      for await (const line of all) {
        if (line.kept) kept++
        else rejected++
        progress(kept + rejected, total)
        yield line
      }
    }
    const artifact = await writeLines(objects, 'verdicts', verdicts(), () => ({ kept, rejected }))
    return {
      artifact,
      record: async (trx) => {
        const id = await cleaningId(trx, cleaningRow(config.cleaning, code))
        const lines = verdictLines(readLines<CleanLine>(objects, artifact.digest))
        await indexTexts(trx, addVerdicts(trx, { id, measures: MEASURES }, lines))
      },
    }
  },
}

/** @throws FailedError where pseudonyms are made by a key that is not the one at hand. */
function secretOf({ personalData }: CleaningConfig, given: string | null): string | null {
  if (personalData.key === null) return null
  if (given !== null && sha256(given) === personalData.key) return given
  throw new FailedError(
    `the pseudonyms of this cleaning are made by the key ${personalData.key.slice(0, 12)}, which is not at hand`,
    'set MALMOI_PSEUDONYM_KEY to that key',
  )
}

/** A cleaning is its thresholds and the code that applies them. */
export function cleaningRow(config: CleaningConfig, code: Digest): Cleaning {
  return { digest: digestOf(code, canonicalJson(config)), code, config, measures: MEASURES }
}

/** The verdict of other thresholds on what was measured; null where the text has to be made for it. */
function judgedAgain(line: CleanLine, rules: CleaningConfig['rules']): CleanLine | null {
  const { key, revision, measures } = line
  if (Object.keys(measures).length === 0) return null
  const failed = judge(measures, rules)
  if (failed) return { key, revision, kept: false, ...failed, measures }
  return line.kept ? line : null
}

/** Runs on a worker thread. */
export function cleanDocuments(task: {
  readonly cleaning: CleaningConfig
  readonly secret: string | null
  readonly lines: readonly Pick<RevisionLine, 'key' | 'revision' | 'text' | 'payload' | 'takenDown'>[]
}): readonly CleanLine[] {
  return task.lines.map(({ key, revision, text, payload, takenDown }) => {
    // No rule looks at it: there is no text any more.
    if (takenDown) return gone(key, revision, 'takedown')
    if (payload === null) return gone(key, revision, 'withdrawn')
    const verdict = cleanText(text, task.cleaning, task.secret)
    return verdict.kept ? { key, revision, digest: sha256(verdict.text), ...verdict } : { key, revision, ...verdict }
  })
}

/** The verdict on a document that its owner took back, or that was taken down. */
export function gone(key: string, revision: Digest, rule: 'withdrawn' | 'takedown'): CleanLine {
  return { key, revision, kept: false, rule, value: 1, threshold: 0, measures: {} }
}

async function* verdictLines(lines: AsyncIterable<CleanLine>): AsyncIterable<VerdictLine> {
  for await (const line of lines) {
    const verdict: Verdict = line
    yield { revision: line.revision, verdict, text: line.kept ? line.digest : null }
  }
}
