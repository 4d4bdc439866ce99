/** The verbs, each loaded when it is used. */
import type { Verb } from './verb.ts'

interface Entry {
  /** One line for the list of verbs and the head of the verb's help. */
  readonly summary: string
  load(): Promise<Verb>
}

const entry = (summary: string, load: () => Promise<{ readonly verb: Verb }>): Entry => ({
  summary,
  load: async () => (await load()).verb,
})

export const verbs: Readonly<Record<string, Entry>> = {
  demo: entry('crawl a small Korean site, build a corpus, train a model, trace it back', () => import('./demo.ts')),
  init: entry('write a malmoi.config.ts to start from', () => import('./init.ts')),
  run: entry(
    'the whole plan: crawl what is due, rebuild what changed, train if the config says so',
    () => import('./run.ts'),
  ),
  'source add': entry('one more source in malmoi.config.ts', () => import('./source-add.ts')),
  'source list': entry('the sources, and what is had of each', () => import('./source-list.ts')),
  crawl: entry("crawl sources into tonight's batches", () => import('./crawl.ts')),
  build: entry('build a dataset up to its training set, from the batches that are there', () => import('./build.ts')),
  train: entry('train a model on a version of a dataset', () => import('./train.ts')),
  evaluate: entry(
    'bits per byte and perplexity of a checkpoint on its validation split',
    () => import('./evaluate.ts'),
  ),
  generate: entry('let a checkpoint go on with a prompt', () => import('./generate.ts')),
  why: entry("a document's whole story: fetched, extracted, judged, kept, used", () => import('./why.ts')),
  lineage: entry('what a thing was made from, or what was made from it', () => import('./lineage.ts')),
  'corpus versions': entry('the versions of a dataset', () => import('./corpus-versions.ts')),
  'corpus show': entry('one version: recipe, batches, sources, sizes', () => import('./corpus-show.ts')),
  'corpus query': entry(
    'documents of a version by what is said of them, or their counts',
    () => import('./corpus-query.ts'),
  ),
  'corpus search': entry('the documents of a version that say something', () => import('./corpus-search.ts')),
  'corpus sql': entry('the views of the corpus in SQL, here or for psql', () => import('./corpus-sql.ts')),
  'corpus diff': entry('what changed between two versions, and why', () => import('./corpus-diff.ts')),
  'corpus tag': entry('names for versions', () => import('./corpus-tag.ts')),
  'corpus prune': entry('let old versions go, by the retention of the config', () => import('./corpus-prune.ts')),
  'corpus what-if': entry('what another threshold would do', () => import('./corpus-what-if.ts')),
  'corpus takedown': entry('remove documents from everywhere, and keep them out', () => import('./corpus-takedown.ts')),
  'corpus report': entry('a version as one page to read', () => import('./corpus-report.ts')),
  'corpus export': entry('a version as files for others, with card and Croissant', () => import('./corpus-export.ts')),
  'corpus import': entry('an export or Dolma documents as a source', () => import('./corpus-import.ts')),
  extract: entry('main text of HTML files, as JSON lines', () => import('./extract.ts')),
  clean: entry('judge and normalise texts in JSON lines', () => import('./clean.ts')),
  dedupe: entry('drop duplicate texts in JSON lines, naming the kept copy', () => import('./dedupe.ts')),
  'tokenizer train': entry('train a SentencePiece model', () => import('./tokenizer-train.ts')),
  'tokenizer encode': entry('text lines to lines of ids', () => import('./tokenizer-encode.ts')),
  'tokenizer decode': entry('lines of ids to text lines', () => import('./tokenizer-decode.ts')),
  'shards write': entry('encode JSON lines into token shards', () => import('./shards-write.ts')),
  'shards inspect': entry('look into token shards: counts and decoded samples', () => import('./shards-inspect.ts')),
  schedule: entry('crawl, build and train at the times of the config, until stopped', () => import('./schedule.ts')),
  'schedule list': entry('schedules, when they are due, how their last night went', () => import('./schedule-list.ts')),
  'schedule run': entry('a night of a schedule now', () => import('./schedule-run.ts')),
  doctor: entry('what is there, what is missing, how to get it', () => import('./doctor.ts')),
  status: entry('sources, datasets, checkpoints, the last runs', () => import('./status.ts')),
}
