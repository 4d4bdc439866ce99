import { test } from 'node:test'
import { killAndCompare } from './kill.ts'

/** In the crawl or extraction, between the stages, in the training. */
const SHARES = [0.25, 0.5, 0.85]

test('three runs killed with -9 end, run again, in the digests of an undisturbed one', async (t) => {
  await killAndCompare(
    SHARES.length,
    (index) => SHARES[index] ?? 0.5,
    (line) => t.diagnostic(line),
  )
})
