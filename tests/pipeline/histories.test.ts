/** The laws of versions hold over random histories with revisions, deletions, other recipes and takedowns. */
import { test } from 'node:test'
import { checkHistories } from '../histories.ts'

test('a version stays what it was when it was frozen, and the same nights make the same versions', async (context) => {
  const seed = 20_261_101
  context.diagnostic(`seed ${seed}`)
  await checkHistories(3, seed, (line) => context.diagnostic(line))
})
