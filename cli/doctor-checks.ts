/** What a crawl and a build need: one check each, that says what it found and what to do where it is not enough. */
import { statfsSync } from 'node:fs'
import { sql } from 'kysely'
import { createHosts, type PoliteClient } from '../crawler/http/polite.ts'
import { openSession } from '../crawler/http/session.ts'
import { FailedError } from '../pipeline/contract.ts'
import type { Config } from '../pipeline/recipe.ts'
import { formatBytes } from '../report/format.ts'
import { abandonedFolders } from '../store/embedded-place.ts'
import { openSiteMemory } from '../store/sites.ts'
import type { Call } from './verb.ts'
import { duration } from './words.ts'
import type { Workspace } from './workspace.ts'

export interface Check {
  readonly what: string
  /** `absent`: optional, and not there. `missing`: needed, and not there. */
  readonly state: 'ok' | 'absent' | 'warning' | 'missing'
  readonly found: string
  readonly remedy: string | null
}

const LEAST_NODE = 24
/** A night of news is some hundred megabytes of WARC; below the second nothing can be written soon. */
const DISK = { little: 10e9, none: 500e6 }
/** Times in records and night boundaries are this far off before anybody should care. */
const CLOCK_TOLERANCE_MS = 5_000
const ASKED_BYTES = 1_024

export function nodeCheck(): Check {
  const { node } = process.versions
  const ok = Number(node.split('.')[0]) >= LEAST_NODE
  const found = `${node} on ${process.platform} ${process.arch}`
  return {
    what: 'node',
    state: ok ? 'ok' : 'missing',
    found,
    remedy: ok ? null : `install Node ${LEAST_NODE} or newer`,
  }
}

/** The workspace is null where its database cannot be had. */
export async function databaseCheck(
  call: Call,
): Promise<{ readonly check: Check; readonly workspace: Workspace | null }> {
  try {
    const workspace = await call.open()
    const { connection } = workspace
    const { rows } = await sql<{ version: string; size: number }>`
      select current_setting('server_version') as version, pg_database_size(current_database()) as size`.execute(
      connection.db,
    )
    const [{ version, size } = { version: '', size: 0 }] = rows
    const found = `PostgreSQL ${version} (${connection.kind}), ${formatBytes(size)}`
    const left = abandonedFolders()
    const note = left.map(({ folder, workspace: of }) => `${folder} of ${of}`).join(', ')
    const check: Check =
      left.length === 0
        ? { what: 'database', state: 'ok', found, remedy: null }
        : {
            what: 'database',
            state: 'warning',
            found: `${found}; left behind: ${note}`,
            remedy: 'remove those folders',
          }
    return { check, workspace }
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error)
    const remedy = error instanceof FailedError ? (error.remedy ?? null) : null
    return { check: { what: 'database', state: 'missing', found, remedy }, workspace: null }
  }
}

export function diskCheck(folder: string): Check {
  const { bavail, bsize } = statfsSync(folder)
  const free = bavail * bsize
  const state = free < DISK.none ? 'missing' : free < DISK.little ? 'warning' : 'ok'
  const remedy = state === 'ok' ? null : 'make room: WARC files, objects and the database grow every night'
  return { what: 'disk', state, found: `${formatBytes(free)} free at ${folder}`, remedy }
}

/** Asks the robots.txt of every host that a source names; `onDate` is given what hosts say the time is. */
export async function networkChecks(
  workspace: Workspace,
  config: Config,
  onDate: (date: Date) => void,
): Promise<readonly Check[]> {
  const sites = await openSiteMemory(workspace.connection)
  const hosts = createHosts(sites)
  try {
    const checks = config.sources.map(async (source): Promise<readonly Check[]> => {
      if (!('start' in source)) return []
      const starts = [...source.start, ...('api' in source && source.api !== null ? [source.api.url] : [])]
      const session = openSession(source, starts, { userAgent: config.userAgent, hosts, signal: workspace.signal })
      try {
        const origins = [...new Set(starts.map((start) => new URL(start).origin))]
        const answers = await Promise.all(origins.map((origin) => askOrigin(session.client, origin, onDate)))
        return [networkCheck(source.name, answers)]
      } finally {
        await session.close()
      }
    })
    return (await Promise.all(checks)).flat()
  } finally {
    sites.close()
  }
}

/** Why a host does not answer; null where it does. */
async function askOrigin(
  client: PoliteClient,
  origin: string,
  onDate: (date: Date) => void,
): Promise<{ readonly origin: string; readonly problem: string | null }> {
  const result = await client.get(`${origin}/robots.txt`, { maxBodyBytes: ASKED_BYTES, overflow: 'truncate' })
  if (result.kind === 'response') {
    if (result.headers.date) onDate(new Date(result.headers.date))
    return { origin, problem: null }
  }
  return { origin, problem: result.kind === 'aborted' ? 'interrupted' : result.reason }
}

function networkCheck(
  source: string,
  answers: readonly { readonly origin: string; readonly problem: string | null }[],
): Check {
  const silent = answers.filter(({ problem }) => problem !== null)
  const hosts = answers.length === 1 ? (answers[0]?.origin ?? '') : `${answers.length} hosts`
  const [first] = silent
  if (first === undefined) return { what: 'network', state: 'ok', found: `${source}: ${hosts} answered`, remedy: null }
  const more = silent.length > 1 ? `, and ${silent.length - 1} more of ${answers.length} hosts` : ''
  return {
    what: 'network',
    state: 'warning',
    found: `${source}: ${first.problem}${more}`,
    remedy: 'check the address, the network and its proxy',
  }
}

/** This machine's clock beside the database's and what hosts said. */
export async function clockCheck(workspace: Workspace | null, dates: readonly Date[]): Promise<Check> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
  const found = `${new Date().toISOString()} (machine in ${zone})`
  const offs = dates.map((date) => ({ than: 'the hosts of the sources', off: Date.now() - date.getTime() }))
  if (workspace !== null) {
    const before = Date.now()
    const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(workspace.connection.db)
    const middle = (before + Date.now()) / 2
    offs.push({ than: 'the database', off: middle - (rows[0]?.now.getTime() ?? middle) })
  }
  // One host with a wrong clock is its own affair: the median counts.
  const sorted = offs.toSorted((a, b) => Math.abs(a.off) - Math.abs(b.off))
  const median = sorted[sorted.length >> 1]
  if (median === undefined || Math.abs(median.off) <= CLOCK_TOLERANCE_MS)
    return { what: 'clock', state: 'ok', found, remedy: null }
  const direction = median.off > 0 ? 'ahead of' : 'behind'
  return {
    what: 'clock',
    state: 'warning',
    found: `${found}, ${duration(Math.abs(median.off))} ${direction} ${median.than}`,
    remedy: 'let the machine set its clock by NTP (timedatectl set-ntp true)',
  }
}
