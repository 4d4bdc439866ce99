/**
 * Evaluation sets of the config, by path, to artifacts named by their content: a recipe names what a version was checked
 * against, whatever becomes of the files.
 */
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { addArtifact } from '../store/runs.ts'
import { UsageError } from './contract.ts'
import { sha256 } from './digest.ts'
import type { ExecuteDeps } from './execute.ts'
import type { Dataset, Recipe } from './recipe.ts'

/** The recipe of a dataset, its evaluation sets stored. @throws UsageError where a set's file cannot be read. */
export async function recipeOf(
  { connection, objects }: Pick<ExecuteDeps, 'connection' | 'objects'>,
  { contamination, train: _, retention: __, ...recipe }: Dataset,
): Promise<Recipe> {
  if (contamination === null) return { ...recipe, contamination }
  const sets: { name: string; file: string; digest: string }[] = []
  for (const { name, path } of contamination.sets) {
    const bytes = read(name, path)
    const digest = sha256(bytes)
    const file = basename(path)
    if (!(await objects.has(digest))) await objects.put([bytes], 'raw')
    await addArtifact(connection.db, {
      ...{ kind: 'evaluationSet', digest, bytes: bytes.byteLength, meta: { name, file }, parts: [] },
    })
    sets.push({ name, file, digest })
  }
  return { ...recipe, contamination: { ...contamination, sets } }
}

function read(name: string, path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (cause) {
    throw new UsageError(
      `evaluation set ${name} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    )
  }
}
