/** What several parts of the config share: kinds of fields, and what is said of a wrong one. */
import { z } from 'zod'
import { UsageError } from '../pipeline/contract.ts'
import { nearest } from '../store/nearest.ts'

export const CONFIG_FILE = 'malmoi.config.ts'

export const configName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'use lowercase letters, digits and hyphens, beginning with a letter')
  .max(64)
export const positive = z.number().int().positive()

/** A source that the config does not have. */
export function unknownSource(field: string, source: string, names: readonly string[]): UsageError {
  const near = nearest(source, names)
  return fieldError(
    field,
    `names the source ${source}, which is not in \`sources\`${near ? `; did you mean ${near}?` : ''}`,
  )
}

/** What is wrong with a field. */
export function fieldError(field: string, problem: string): UsageError {
  return new UsageError(`${CONFIG_FILE}: ${field} ${problem}`)
}
