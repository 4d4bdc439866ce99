/**
 * A source for tests: on a loopback port, without delay, unless told otherwise.
 */
import type { Source } from '../../pipeline/contract.ts'

export function webSource(given: Partial<Source>): Source {
  return {
    name: 'local',
    kind: 'news',
    start: ['http://127.0.0.1:8080/'],
    path: null,
    snapshot: false,
    licence: 'CC0-1.0',
    include: [],
    exclude: [],
    delayMs: 0,
    allowPrivate: true,
    maxPages: 100_000,
    maxDepth: 50,
    maxBodyBytes: 10_000_000,
    timeoutMs: 10_000,
    ...given,
  }
}
