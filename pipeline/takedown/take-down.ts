/**
 * A takedown from its request to its attestation, read top to bottom. It is on record, with all that it found and its
 * tombstones, before anything is removed; one that was killed is gone on with by finishTakedowns.
 */

import { randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { place } from '../../store/durable.ts'
import { instanceKey } from '../../store/instance-key.ts'
import { removeGarbage } from '../../store/takedown/garbage.ts'
import { placesOf } from '../../store/takedown/places.ts'
import { purgeDatabase } from '../../store/takedown/purge.ts'
import {
  alreadyDown,
  beginTakedown,
  completeTakedown,
  documentsOf,
  redactionsOf,
  type Takedown,
  unfinishedTakedowns,
} from '../../store/takedown/record.ts'
import { countsOf, type Places, type Request } from '../../store/takedown/request.ts'
import { removeRows } from '../../store/takedown/rows.ts'
import { FailedError, type Json } from '../contract.ts'
import { canonicalJson } from '../digest.ts'
import { type Attestation, attest, FORMAT } from './attestation.ts'
import { listingsWith, withListings } from './listings.ts'
import { lookAgain } from './look-again.ts'
import { type RemoveDeps, removeBytes } from './remove.ts'

export interface TakedownDeps extends RemoveDeps {
  /** Writes an export anew, without what was taken down, or says in words why that could not be done. */
  readonly reexport: (path: string) => Promise<string>
}

export interface Found {
  /** By id, without those that were taken down before. */
  readonly documents: readonly number[]
  readonly before: number
  readonly places: Places
}

/** Everything that holds the documents, of which nothing is removed yet. */
export async function findPlaces(deps: RemoveDeps, documents: readonly number[]): Promise<Found> {
  const { db } = deps.connection
  const down = await alreadyDown(db, documents)
  const fresh = documents.filter((id) => !down.has(id))
  const places = await placesOf(db, fresh)
  const listings = await listingsWith(deps, fresh, places.artifacts)
  return { documents: fresh, before: down.size, places: withListings(places, listings) }
}

/** Takes down what was found. Nobody else may be at work on the corpus. */
export async function takeDown(deps: TakedownDeps, request: Request, found: Found): Promise<Attestation> {
  const takedown = await beginTakedown(deps.connection.db, request, found.documents, found.places)
  return finish(deps, takedown)
}

/** Finishes the takedowns that were cut off. Nobody else may be at work on the corpus. */
export async function finishTakedowns(deps: TakedownDeps): Promise<readonly Attestation[]> {
  const finished: Attestation[] = []
  for (const takedown of await unfinishedTakedowns(deps.connection.db)) {
    deps.report(`takedown ${takedown.id} was cut off: it is gone on with`)
    finished.push(await finish(deps, takedown))
  }
  return finished
}

async function finish(deps: TakedownDeps, takedown: Takedown): Promise<Attestation> {
  const { connection, objects, folder, report } = deps
  const { id, request, places, begunAt } = takedown
  const documents = await documentsOf(connection.db, id)
  await removeBytes(deps, takedown, documents)
  report('tables')
  await removeRows(connection.db, takedown, documents)
  const exports = []
  for (const { path } of places.exports) exports.push({ path, outcome: await deps.reexport(path) })
  const unnamedObjectsRemoved = await removeGarbage(connection.db, objects, folder)
  const database = await purgeDatabase(connection, report)
  report('looking again')
  const verification = await lookAgain(deps, places, documents)
  if (verification.left.length > 0)
    throw new FailedError(`takedown ${id} left something: ${verification.left.join(', ')}`, 'give the command again')
  const doneAt = new Date()
  const attestation = attest(
    {
      format: FORMAT,
      takedown: id,
      request,
      begunAt: begunAt.toISOString(),
      doneAt: doneAt.toISOString(),
      found: countsOf(places),
      places,
      redactions: await redactionsOf(connection.db, id),
      exports,
      unnamedObjectsRemoved,
      database,
      verification,
      backups: backupsOf(doneAt, request.backupDays),
    },
    await instanceKey(folder),
  )
  await writeAttestation(folder, attestation)
  await completeTakedown(connection.db, id, asJson(attestation), doneAt)
  return attestation
}

/** Where the attestation of a takedown lies, relative to the workspace. */
export function attestationPath(id: number): string {
  return join('.malmoi', 'takedowns', `${id}.json`)
}

async function writeAttestation(folder: string, attestation: Attestation): Promise<void> {
  const temporary = join(folder, 'takedowns', `.${randomUUID()}`)
  await mkdir(join(folder, 'takedowns'), { recursive: true })
  await writeFile(temporary, `${canonicalJson(attestation)}\n`, { flush: true })
  await place(temporary, join(folder, 'takedowns', `${attestation.takedown}.json`))
}

function asJson(attestation: Attestation): Json {
  return JSON.parse(canonicalJson(attestation))
}

function backupsOf(doneAt: Date, days: number | null): string {
  if (days === null)
    return 'No backups are known of here (`backups: { days: N }` in the config says how long they are kept): whoever keeps some has to have them expire.'
  const until = new Date(doneAt.getTime() + days * 86_400_000).toISOString().slice(0, 10)
  return `Backups are kept ${days} days: the last that holds what was taken down expires on ${until}. A backup that is restored before needs this takedown again.`
}
