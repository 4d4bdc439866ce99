/** malmoi corpus report: a version as one page to read. */
import { writeFileSync } from 'node:fs'
import { rename } from 'node:fs/promises'
import { resolve } from 'node:path'
import { UsageError } from '../pipeline/contract.ts'
import { gatherReport } from '../pipeline/report-data.ts'
import { reportPage } from '../report/page.ts'
import { resolveVersion } from '../store/versions.ts'
import type { Verb } from './verb.ts'

export const verb: Verb = {
  usage: 'DATASET@N [--out FILE]',
  details: `
Writes one self-contained HTML page: how many documents of each source were captured and what became of them, every
rule's distribution with its threshold and examples on both sides, lengths, languages, clusters of duplicates, personal
data that was masked, passages of evaluation sets, and a sample to read. With --json the same as data.

  malmoi corpus report news@7 --out news-7.html`,
  options: { out: { type: 'string', value: 'FILE', about: 'the page (default: DATASET-N.html)' } },
  async run(call) {
    const [name, ...more] = call.positionals
    if (!name || more.length > 0) throw new UsageError('malmoi corpus report takes one version: `news@7`')
    const workspace = await call.open()
    const version = await resolveVersion(workspace.connection.db, name)
    const onProgress = (documents: number): void => {
      if (!call.json) call.note(`${documents.toLocaleString('en')} documents`)
    }
    const data = await gatherReport({ deps: workspace, version, onProgress })
    const file = resolve(call.text('out') ?? `${version.dataset}-${version.number}.html`)
    if (call.json && call.text('out') === undefined) return call.emit(data)
    const temporary = `${file}.${process.pid}.tmp`
    writeFileSync(temporary, reportPage(data), { flush: true })
    await rename(temporary, file)
    if (call.json) call.emit(data)
    else call.print(file)
  },
}
