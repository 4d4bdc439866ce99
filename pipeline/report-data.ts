/**
 * Gathers what the report of a version shows. Every document is counted; where there are more than can be looked at,
 * distributions and examples are of a sample, chosen by the digests of revisions.
 */
import { RULES } from '../clean/rules.ts'
import type { Count, Example, Funnel, ReportData, RuleReport } from '../report/data.ts'
import { histogram, logarithmicHistogram } from '../report/histogram.ts'
import { LEFT_OUT } from '../store/outcome.ts'
import { clustersOf, excerpts, overlapsOf, type ReportedDocument, reportedDocuments } from '../store/report.ts'
import type { VersionRow } from '../store/versions.ts'
import type { RevisionLine } from './contract.ts'
import type { ExecuteDeps } from './execute.ts'
import { causesOf, recordedRecipe } from './freeze.ts'
import { readLines } from './stages/lines.ts'

const SAMPLE = 100_000
const EXAMPLES = 3
const READINGS = 12
const LARGEST_CLUSTERS = 12
const EXCERPT = 240
const READING = 900

export interface GatherOptions {
  readonly deps: Pick<ExecuteDeps, 'connection' | 'objects'>
  readonly version: VersionRow
  readonly onProgress: (documents: number) => void
}

/** @throws FailedError where an artifact that the version was made of is missing. */
export async function gatherReport({ deps, version, onProgress }: GatherOptions): Promise<ReportData> {
  const { db } = deps.connection
  const recipe = recordedRecipe(version)
  const counted = await countDocuments(deps, version, onProgress)
  const { documents: sample } = counted
  const rules = RULES.map((rule) => ruleReport(rule, recipe.cleaning.rules[rule.name] ?? null, sample))
  const readings = sample
    .filter(({ outcome }) => outcome === 'kept')
    .toSorted((a, b) => (a.revision < b.revision ? -1 : 1))
    .slice(0, READINGS)
  const texts = await textsOf(deps, version, [...rules.flatMap(({ shown }) => shown), ...readings])
  const { sizes, largest } = await clustersOf(db, version, LARGEST_CLUSTERS)
  const sets = recipe.contamination?.sets.map(({ digest }) => digest) ?? []
  return {
    version: `${version.dataset}@${version.number}`,
    digest: version.digest,
    frozenAt: version.frozenAt.toISOString(),
    documents: version.documents,
    bytes: version.bytes,
    characters: counted.characters,
    sampledOneIn: counted.oneIn,
    funnels: counted.funnels,
    rules: rules.map(({ report, rejected, kept }) => ({
      ...report,
      rejected: counted.rejected.get(report.name) ?? 0,
      rejectedExamples: rejected.map((document) => exampleOf(document, report.measure, texts)),
      keptExamples: kept.map((document) => exampleOf(document, report.measure, texts)),
    })),
    lengths: logarithmicHistogram(
      sample.filter(({ outcome }) => outcome === 'kept').map(({ measures }) => measures.chars ?? 0),
    ),
    languages: counted.languages,
    licences: counted.licences,
    personal: counted.personal,
    contamination: await overlapsOf(db, version, sets),
    clusters: { clusters: sizes.reduce((sum, { clusters }) => sum + clusters, 0), sizes: doublings(sizes), largest },
    omittedParagraphs: counted.omitted,
    sample: readings.map(({ source, url, title, published, revision }) => ({
      ...{ source, url, title, published },
      text: texts.get(revision)?.slice(0, READING) ?? '',
    })),
    recipe: JSON.stringify(version.recipe, null, 2),
  }
}

export interface Counted {
  readonly funnels: readonly Funnel[]
  readonly rejected: ReadonlyMap<string, number>
  readonly languages: readonly Count[]
  readonly licences: readonly Count[]
  readonly personal: readonly Count[]
  readonly omitted: { readonly documents: number; readonly paragraphs: number }
  readonly characters: number
  readonly documents: readonly ReportedDocument[]
  readonly oneIn: number
}

/** Looks at every document once; what the version holds, and what became of the others. */
export async function countDocuments(
  { connection }: Pick<GatherOptions['deps'], 'connection'>,
  version: VersionRow,
  onProgress: (documents: number) => void,
): Promise<Counted> {
  const bySource = new Map<string, Map<string, number>>()
  const rejected = new Map<string, number>()
  const [languages, licences, personal] = [
    new Map<string, number>(),
    new Map<string, number>(),
    new Map<string, number>(),
  ]
  const omitted = { documents: 0, paragraphs: 0 }
  let sample: ReportedDocument[] = []
  let [characters, all, bits] = [0, 0, 0]
  const chosen = ({ revision }: ReportedDocument): boolean =>
    Number.parseInt(revision.slice(0, 8), 16) % 2 ** bits === 0
  await connection.db.transaction().execute(async (trx) => {
    for await (const document of reportedDocuments(trx, version, causesOf(recordedRecipe(version)))) {
      const counts = bySource.get(document.source) ?? new Map<string, number>()
      bySource.set(document.source, counts)
      add(counts, document.outcome === 'rejected' ? `rejected ${document.rule}` : document.outcome)
      if (document.outcome === 'rejected') add(rejected, document.rule ?? '')
      if (document.outcome === 'kept') {
        add(languages, document.lang ?? '알 수 없음')
        add(licences, document.licence)
        for (const kind of document.personal ?? []) add(personal, kind)
        if (document.omitted > 0) omitted.documents++
        omitted.paragraphs += document.omitted
        characters += document.measures.chars ?? 0
      }
      if (++all % 5_000 === 0) onProgress(all)
      if (!chosen(document)) continue
      sample.push(document)
      if (sample.length > SAMPLE) {
        bits++
        sample = sample.filter(chosen)
      }
    }
  })
  const funnels = [...bySource]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([source, counts]) => funnelOf(source, counts))
  const sorted = (counts: ReadonlyMap<string, number>): readonly Count[] =>
    [...counts].map(([name, count]) => ({ name, count })).toSorted((a, b) => b.count - a.count)
  return {
    ...{ funnels, rejected, omitted, characters, documents: sample, oneIn: 2 ** bits },
    ...{ languages: sorted(languages), licences: sorted(licences), personal: sorted(personal) },
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function funnelOf(source: string, counts: ReadonlyMap<string, number>): Funnel {
  const rejected = [...counts].flatMap(([name, count]) =>
    name.startsWith('rejected ') ? [{ name: name.slice('rejected '.length), count }] : [],
  )
  return {
    source,
    captured: [...counts.values()].reduce((sum, count) => sum + count, 0),
    rejected: rejected.toSorted((a, b) => b.count - a.count),
    contaminated: counts.get('contaminated') ?? 0,
    left: LEFT_OUT.flatMap((name) => (counts.has(name) ? [{ name, count: counts.get(name) ?? 0 }] : [])),
    duplicates: counts.get('duplicate') ?? 0,
    kept: counts.get('kept') ?? 0,
  }
}

interface GatheredRule {
  readonly report: Omit<RuleReport, 'rejected' | 'rejectedExamples' | 'keptExamples'>
  readonly rejected: readonly ReportedDocument[]
  readonly kept: readonly ReportedDocument[]
  readonly shown: readonly ReportedDocument[]
}

function ruleReport(
  { name, about, measure, side }: (typeof RULES)[number],
  threshold: number | null,
  sample: readonly ReportedDocument[],
): GatheredRule {
  const measured = sample.filter(({ measures }) => measures[measure] !== undefined)
  const nearest = (documents: readonly ReportedDocument[]): readonly ReportedDocument[] =>
    threshold === null
      ? []
      : documents
          .map((document) => ({ document, distance: Math.abs((document.measures[measure] ?? 0) - threshold) }))
          .toSorted((a, b) => a.distance - b.distance)
          .slice(0, EXAMPLES)
          .map(({ document }) => document)
  const rejected = nearest(measured.filter((document) => document.rule === name))
  const kept = nearest(measured.filter(({ outcome }) => outcome === 'kept'))
  const distribution = histogram(
    measured.map(({ measures }) => measures[measure] ?? 0),
    threshold,
  )
  return {
    report: { name, about, measure, side, threshold, distribution },
    rejected,
    kept,
    shown: [...rejected, ...kept],
  }
}

/** Beginnings of texts: of accepted documents the clean text, of rejected ones what was extracted. */
async function textsOf(
  { connection, objects }: GatherOptions['deps'],
  version: VersionRow,
  documents: readonly ReportedDocument[],
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(documents.map(({ revision }) => revision))
  const texts = new Map(await excerpts(connection.db, version, [...wanted], READING))
  const missing = Map.groupBy(
    documents.filter(({ revision }) => !texts.has(revision)),
    ({ extract }) => extract,
  )
  for (const [extract, rejected] of missing) {
    const left = new Set(rejected.map(({ revision }) => revision))
    for await (const { revision, text } of readLines<RevisionLine>(objects, extract)) {
      if (left.has(revision)) texts.set(revision, text.slice(0, READING))
    }
  }
  return texts
}

function exampleOf(
  { source, url, title, measures, revision }: ReportedDocument,
  measure: string,
  texts: ReadonlyMap<string, string>,
): Example {
  return {
    ...{ source, url, title, value: measures[measure] ?? 0 },
    excerpt: texts.get(revision)?.replaceAll(/\s+/g, ' ').slice(0, EXCERPT) ?? '',
  }
}

/** 1, 2, 3–4, 5–8 … copies. */
function doublings(sizes: readonly { readonly copies: number; readonly clusters: number }[]): readonly Count[] {
  const groups = new Map<number, number>()
  for (const { copies, clusters } of sizes) {
    const group = Math.ceil(Math.log2(copies))
    groups.set(group, (groups.get(group) ?? 0) + clusters)
  }
  return [...groups]
    .toSorted(([a], [b]) => a - b)
    .map(([group, count]) => {
      const [least, most] = [group === 0 ? 1 : 2 ** (group - 1) + 1, 2 ** group]
      return { name: least === most ? `사본 ${most}건` : `사본 ${least}–${most}건`, count }
    })
}
