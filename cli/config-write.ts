/** One more source written into malmoi.config.ts, checked as a whole before it takes the file's place. */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError } from '../pipeline/contract.ts'
import type { Config } from '../pipeline/recipe.ts'
import { loadConfigFile } from './config.ts'
import { withSource } from './config-edit.ts'
import { CONFIG_FILE } from './config-fields.ts'

/**
 * Adds a source as a person would write it, or with `dryRun` only sees whether it could be.
 * @throws UsageError where there is no config, or it would be wrong with the source: nothing is written then
 */
export async function addSource(
  folder: string,
  source: object,
  dryRun = false,
): Promise<{ readonly file: string; readonly config: Config }> {
  const file = join(folder, CONFIG_FILE)
  if (!existsSync(file)) throw new UsageError(`there is no ${CONFIG_FILE} in ${folder}; run \`malmoi init\` first`)
  const text = withSource(readFileSync(file, 'utf8'), source)
  const draft = join(folder, `.${CONFIG_FILE}.${process.pid}.ts`)
  writeFileSync(draft, text, { flush: true })
  try {
    const config = await loadConfigFile(draft, folder)
    if (!dryRun) renameSync(draft, file)
    return { file, config }
  } finally {
    rmSync(draft, { force: true })
  }
}
