/**
 * Looks for a text in every file of a workspace, its database's included, whatever form it is kept in. It reads the
 * files themselves and asks no part of the project what it has deleted.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { createNeedle } from './scan/needle.ts'
import { type PackedForm, packedFormsIn, tokenizerOf } from './scan/packed.ts'
import { formsIn, logStream, type PostgresForm } from './scan/postgres.ts'

export interface Hit {
  /** Relative to the folder. */
  readonly path: string
  readonly form: 'bytes' | 'log' | PostgresForm | PackedForm
}

/**
 * Every file of the folder (links are followed) that holds the text, and how. Run it while nothing writes; a server's
 * last pages reach its files at a checkpoint or when it stops.
 */
export async function scanForText(folder: string, text: string): Promise<readonly Hit[]> {
  const needle = createNeedle(text)
  const files = filesBelow(folder)
  const tokenizers = files.map((path) => tokenizerOf(readFileSync(path))).filter((found) => found !== null)
  const hits: Hit[] = []
  for (const path of files) {
    const bytes = readFileSync(path)
    const forms: Hit['form'][] = isOfPostgres(path)
      ? [...formsIn(bytes, needle)]
      : [...(needle.isIn(bytes) ? (['bytes'] as const) : []), ...(await packedFormsIn(bytes, needle, tokenizers))]
    hits.push(...forms.map((form) => ({ path: relative(folder, path), form })))
  }
  const segments = files.filter((path) => basename(dirname(path)) === 'pg_wal').map((path) => readFileSync(path))
  if (formsIn(logStream(segments), needle).length > 0) hits.push({ path: 'pg_wal', form: 'log' })
  return hits
}

function isOfPostgres(path: string): boolean {
  return /\/postgres\/(base|global|pg_\w+)\//.test(path)
}

/** Files of a folder in order, with those that links lead to; sockets and the like are none. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name)
      const stat = statSync(path, { throwIfNoEntry: false })
      if (stat?.isDirectory()) return filesBelow(path)
      return stat?.isFile() ? [path] : []
    })
}
