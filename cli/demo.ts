/** malmoi demo: the whole journey on a small Korean site that this project brings, served on loopback. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { demoConfig } from '../demo/demo-config.ts'
import { serveSite } from '../demo/server.ts'
import { type Artifact, FailedError } from '../pipeline/contract.ts'
import { recipeOf } from '../pipeline/evaluation-sets.ts'
import { numberOf } from '../pipeline/meta.ts'
import { nightAt } from '../pipeline/night.ts'
import { build, evaluateOn, trainOn } from '../pipeline/plan.ts'
import { type LineageNode, lineageUp } from '../store/lineage.ts'
import { readDocuments } from '../store/query/documents.ts'
import { selectionOf } from '../store/query/selection.ts'
import type { VersionRow } from '../store/versions.ts'
import { checkConfig } from './config.ts'
import { generateText } from './generate.ts'
import { lineText } from './lineage.ts'
import { crawlDue, failuresError } from './plan-run.ts'
import { createReporter } from './report.ts'
import type { Verb } from './verb.ts'
import { openWorkspace, type Workspace } from './workspace.ts'

const PROMPT = '우리 마을'

export const verb: Verb = {
  usage: '',
  details: `
Serves a small Korean site on loopback, crawls it, extracts, cleans and de-duplicates its pages, freezes a version, trains
a tokenizer and a small GPT on it, evaluates it, lets it write, and traces one training document back to its URL.
Everything lies in .malmoi/demo of the workspace; a second demo does only what is new.

  malmoi demo
  malmoi demo --json`,
  options: {},
  async run(call) {
    const started = performance.now()
    const root = join(call.folder, '.malmoi', 'demo')
    mkdirSync(root, { recursive: true })
    const site = await serveSite()
    const reporter = createReporter(process.stderr)
    const workspace = await openWorkspace(root, { workers: undefined, reporter, signal: call.signal })
    try {
      const config = checkConfig(demoConfig(site.url), root)
      const [dataset] = config.datasets
      if (!dataset?.train) throw new Error('the demo has one dataset, which is trained')
      call.note(`a small Korean site on ${site.url}, workspace ${root}`)
      const crawled = await crawlDue(workspace, config, config.sources, nightAt(new Date(), config.timeZone))
      const failure = failuresError(crawled)
      if (failure) throw failure
      const built = await build(workspace, workspace.stages, await recipeOf(workspace, dataset))
      if (!built?.trainingSet) throw new Error('the demo builds a training set')
      const losses: number[] = []
      const checkpoint = await trainOn(workspace.stages, built, dataset.train, ({ loss }) => losses.push(loss))
      const evaluation = await evaluateOn(workspace.stages, checkpoint, built.trainingSet, dataset.train.threads)
      const bitsPerByte = numberOf(evaluation, 'bitsPerByte')
      const written = await generateText(workspace.objects, checkpoint, {
        prompt: PROMPT,
        maxTokens: 80,
        greedy: false,
        temperature: 0.7,
        topK: 40,
        seed: 1,
        threads: dataset.train.threads,
      })
      const version = `${built.version.dataset}@${built.version.number}`
      const sample = PROMPT + written.text
      const seconds = Math.round((performance.now() - started) / 100) / 10
      const outcome = {
        version,
        trainingSet: built.trainingSet.digest,
        checkpoint: checkpoint.digest,
        bitsPerByte,
        sample,
        seconds,
      }
      if (call.json) {
        call.emit(outcome)
        return
      }
      call.print('')
      call.print(
        `${version}: ${built.version.documents} documents, ${built.version.bytes} bytes, digest ${built.version.digest.slice(0, 12)}`,
      )
      call.print(`training set ${outcome.trainingSet.slice(0, 12)}, checkpoint ${outcome.checkpoint.slice(0, 12)}`)
      call.print(`loss ${lossStory(losses)}; ${bitsPerByte?.toFixed(3)} bits per byte on pages it never saw`)
      call.print(`it writes: ${sample.replaceAll('\n', ' ')}`)
      call.print('')
      call.print('one training document, from the checkpoint back to its URL:')
      for (const line of await journey(workspace, built.version, checkpoint)) call.print(`  ${line}`)
      call.print('')
      call.print(`${seconds} s. Next, in ${root}:`)
      const at = `--workspace ${root}`
      for (const next of nextCommands(checkpoint)) call.print(`  npx malmoi ${next} ${at}`)
    } finally {
      await workspace.close()
      await site.close()
    }
  },
}

function lossStory(losses: readonly number[]): string {
  const [first] = losses
  const last = losses.at(-1)
  return first === undefined || last === undefined
    ? 'as before: the training was done already'
    : `${first.toFixed(2)} → ${last.toFixed(2)}`
}

/** The kinds of node between a checkpoint and the URL of a document. */
const ON_THE_WAY = ['checkpoint', 'trainingSet', 'version', 'revision', 'capture', 'document']

/** The nodes of the lineage graph from the checkpoint up to the longest signed article it was trained on. */
async function journey(workspace: Workspace, version: VersionRow, checkpoint: Artifact): Promise<readonly string[]> {
  const { db } = workspace.connection
  const signed = await selectionOf(db, version, { where: 'author is not null' })
  const documents = await Array.fromAsync(readDocuments(db, signed, ['url', 'bytes']))
  const [document] = documents.toSorted((a, b) => Number(b.bytes) - Number(a.bytes))
  if (!document) throw new FailedError('the version holds no signed article')
  const lines = await Array.fromAsync(lineageUp(db, { kind: 'artifact', digest: checkpoint.digest }))
  const nodes = lines.flatMap((line) => ('node' in line && ON_THE_WAY.includes(line.node.kind) ? [line.node] : []))
  const edges = lines.flatMap((line) => ('edge' in line ? [line.edge] : []))
  const way: LineageNode[] = []
  let at = nodes.find(({ kind, url }) => kind === 'document' && url === document.url)
  while (at) {
    way.unshift(at)
    const below = edges.filter(([from]) => from === at?.id).map(([, to]) => to)
    at = nodes.find(({ id }) => below.includes(id))
  }
  return way.map((node) => lineText({ node }))
}

function nextCommands(checkpoint: Artifact): readonly string[] {
  const short = checkpoint.digest.slice(0, 12)
  return ['status', 'corpus query --limit 5', `generate ${short} --prompt '한글은'`, `lineage ${short} --up`]
}
