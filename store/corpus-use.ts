/**
 * Who works on the corpus: any number of crawls, builds, trainings and exports side by side, or one takedown alone. What
 * a stage has read of a document before a takedown must not be written again behind it.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { FailedError } from '../pipeline/contract.ts'
import type { Connection } from './connect.ts'

const LOCK = 'corpus'
/** A build lets go of the corpus when it ends; longer than this nobody waits without being told who is there. */
const PATIENCE_MS = 3_000
const LOOK_AGAIN_MS = 100

/** Runs `work` beside others of its kind; waits while a takedown goes on. */
export async function usingCorpus<Result>(connection: Connection, work: () => Promise<Result>): Promise<Result> {
  return withClient(connection, async (client) => {
    await client.query('select pg_advisory_lock_shared(hashtextextended($1, 0))', [LOCK])
    try {
      return await work()
    } finally {
      await client.query('select pg_advisory_unlock_shared(hashtextextended($1, 0))', [LOCK])
    }
  })
}

/**
 * Runs `work` alone. Tries, and never queues: who waits in line for a lock keeps out the second lock of one whom it waits
 * for. @throws FailedError where others go on working
 */
export async function aloneWithCorpus<Result>(connection: Connection, work: () => Promise<Result>): Promise<Result> {
  return withClient(connection, async (client) => {
    const deadline = Date.now() + PATIENCE_MS
    while (!(await tryLock(client))) {
      if (Date.now() > deadline)
        throw new FailedError(
          'a crawl, build, training, export or takedown is at work in this workspace',
          'stop it (it goes on from where it was) or wait for its end, see `malmoi status`; then give the same command again',
        )
      await sleep(LOOK_AGAIN_MS)
    }
    try {
      return await work()
    } finally {
      await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [LOCK])
    }
  })
}

async function tryLock(client: pg.PoolClient): Promise<boolean> {
  const { rows } = await client.query<{ locked: boolean }>(
    'select pg_try_advisory_lock(hashtextextended($1, 0)) as locked',
    [LOCK],
  )
  return rows[0]?.locked === true
}

async function withClient<Result>(
  connection: Connection,
  use: (client: pg.PoolClient) => Promise<Result>,
): Promise<Result> {
  const client = await connection.client()
  try {
    return await use(client)
  } finally {
    client.release()
  }
}
