/** Kinds of fields that several parts of the config have. */
import { z } from 'zod'

export const CONFIG_FILE = 'malmoi.config.ts'

export const configName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/, 'use lowercase letters, digits and hyphens, beginning with a letter')
  .max(64)
export const positive = z.number().int().positive()
