/** The numbers that an artifact's meta tells of it. */
import type { Artifact } from './contract.ts'

/** A number by its name; undefined where the meta does not tell it. */
export function numberOf({ meta }: Artifact, name: string): number | undefined {
  if (meta === null || typeof meta !== 'object') return undefined
  const found = Object.entries(meta).find(([known]) => known === name)?.[1]
  return typeof found === 'number' ? found : undefined
}
