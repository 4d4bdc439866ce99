/** The embedded PostgreSQL: started by the first, shared, stopped by the last, and back after every kind of death. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { FailedError } from '../../pipeline/contract.ts'
import { type Connection, connect, isConnectionLoss } from '../../store/connect.ts'
import { locateEmbedded } from '../../store/embedded-place.ts'
import { removeWorkspace } from '../support/command.ts'

// Open to others, so that also as root the data lies in the workspace itself.
const parent = mkdtempSync(join(tmpdir(), 'malmoi-pg-'))
chmodSync(parent, 0o755)
const workspace = join(parent, 'main')
mkdirSync(workspace)

const made = [workspace]
after(async () => {
  for (const folder of [...made, parent]) await removeWorkspace(folder)
})

const asRoot = process.getuid?.() === 0 ? {} : { skip: 'only root can give files to other users' }
const dataFolder = () => locateEmbedded(workspace).dataFolder
const pidFile = () => join(dataFolder(), 'postmaster.pid')
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n', 1)[0])
const sources = ({ db }: Connection) => db.selectFrom('source').select('name').orderBy('name').execute()

function fresh(...names: readonly string[]): string {
  const folder = join(parent, ...names)
  mkdirSync(folder, { recursive: true })
  made.unshift(folder)
  return folder
}

/** Connects, uses and leaves the database a number of times, in a process of its own. */
function otherProcess(folder: string, times: number) {
  const script = `import { connect } from ${JSON.stringify(new URL('../../store/connect.ts', import.meta.url).href)}
    for (let i = 0; i < ${times}; i++) {
      const connection = await connect(${JSON.stringify(folder)}, undefined)
      await connection.db.selectFrom('source').selectAll().execute()
      await connection.close()
    }`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return { child, end: new Promise<number | null>((resolve) => child.once('exit', resolve)) }
}

async function killServer(): Promise<void> {
  const pid = serverPid()
  process.kill(pid, 'SIGKILL')
  while (existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z')) await sleep(10)
}

test('three processes that start in a fresh workspace at once, coming and going, all find a server', async () => {
  const codes = await Promise.all([1, 2, 3].map(() => otherProcess(workspace, 4).end))
  assert.deepEqual(codes, [0, 0, 0])
  assert.ok(!existsSync(pidFile()), 'nobody is left, the server is stopped')
  assert.deepEqual(readdirSync(dirname(dataFolder())).toSorted(), ['logs', 'postgres'])
})

test('two clients share one server, and the last one stops it', async () => {
  const [first, second] = await Promise.all([connect(workspace, undefined), connect(workspace, undefined)])
  await first.db.insertInto('source').values({ name: 'one', kind: 'news', licence: 'CC0' }).execute()
  await first.close()
  assert.ok(existsSync(pidFile()), 'the server runs on while somebody uses it')
  assert.deepEqual(await sources(second), [{ name: 'one' }])
  await second.close()
  assert.ok(!existsSync(pidFile()))
})

test('a server that is killed with -9 in use is named as the cause, is started again, and committed rows are there', async () => {
  const connection = await connect(workspace, undefined)
  await connection.db.insertInto('source').values({ name: 'two', kind: 'news', licence: 'CC0' }).execute()
  await killServer()
  await assert.rejects(sources(connection), (error) => isConnectionLoss(error))
  await connection.close()
  const again = await connect(workspace, undefined)
  assert.deepEqual(await sources(again), [{ name: 'one' }, { name: 'two' }])
  await again.close()
})

test('a stale pid file that names a living process of somebody else is not believed, nor an old empty one', async () => {
  for (const content of [`${process.pid}\n${dataFolder()}\n0\n5432\n\n\n`, '']) {
    writeFileSync(pidFile(), content)
    const { uid, gid } = lstatSync(dataFolder())
    chownSync(pidFile(), uid, gid)
    utimesSync(pidFile(), 1, 1)
    const connection = await connect(workspace, undefined)
    assert.equal((await sources(connection)).length, 2)
    await connection.close()
  }
})

test('a server that cannot start is one error with its own words, at once', async () => {
  chmodSync(dataFolder(), 0o755)
  const started = performance.now()
  await assert.rejects(connect(workspace, undefined), (error) => {
    assert.ok(error instanceof FailedError)
    assert.match(error.message, /invalid permissions/)
    assert.match(error.remedy ?? '', /postgres\.log/)
    return true
  })
  assert.ok(performance.now() - started < 3_000)
  chmodSync(dataFolder(), 0o700)
})

test('a first start that is killed with -9 halfway leaves nothing behind that the next one minds', async () => {
  const folder = fresh('killed')
  const { child, end } = otherProcess(folder, 1)
  const half = () =>
    existsSync(join(folder, '.malmoi')) && readdirSync(join(folder, '.malmoi')).join().includes('initdb')
  while (!half()) await sleep(5)
  await sleep(100)
  child.kill('SIGKILL')
  await end
  const connection = await connect(folder, undefined)
  assert.deepEqual(await sources(connection), [])
  await connection.close()
  assert.deepEqual(readdirSync(join(folder, '.malmoi')).toSorted(), ['logs', 'postgres'])
})

test('a workspace whose path holds spaces and Hangul and is longer than a socket path may be works too', async () => {
  const connection = await connect(fresh('말모이 원고', 'ㄱ'.repeat(30), 'long'.repeat(12)), undefined)
  assert.deepEqual(await connection.db.selectFrom('run').selectAll().execute(), [])
  await connection.close()
})

test('a workspace that another user made is refused, with that name and the remedy', asRoot, async () => {
  const folder = fresh('theirs')
  mkdirSync(join(folder, '.malmoi'))
  chownSync(join(folder, '.malmoi'), 65534, 65534)
  await assert.rejects(connect(folder, undefined), (error) => {
    assert.ok(error instanceof FailedError)
    assert.match(error.message, /made by nobody, and this is root/)
    assert.match(error.remedy ?? '', /as nobody/)
    return true
  })
  chownSync(join(folder, '.malmoi'), 0, 0)
})

test(
  "root's database leaves a workspace that is closed to others, moves with it, and is not shared by its copy",
  asRoot,
  async () => {
    const closed = fresh('closed')
    chmodSync(closed, 0o700)
    const connection = await connect(closed, undefined)
    await connection.db.insertInto('source').values({ name: 'far', kind: 'news', licence: 'CC0' }).execute()
    await connection.close()
    const place = locateEmbedded(closed).dataFolder
    assert.match(place, /^\/var\/lib\/malmoi\/[0-9a-f]{16}\/postgres$/)

    const moved = join(parent, 'moved')
    renameSync(closed, moved)
    made.unshift(moved)
    const there = await connect(moved, undefined)
    assert.deepEqual(await sources(there), [{ name: 'far' }])
    await there.close()

    const copy = join(parent, 'copy')
    cpSync(moved, copy, { recursive: true, verbatimSymlinks: true })
    await assert.rejects(connect(copy, undefined), /copy of .*moved/)

    const begunAnew = fresh('closed')
    chmodSync(begunAnew, 0o700)
    assert.notEqual(locateEmbedded(begunAnew).dataFolder, place)
  },
)

test('DATABASE_URL to a dead server is one error that names the server and the remedy', async () => {
  await assert.rejects(connect(workspace, 'postgres://somebody:secret@127.0.0.1:1/none'), (error) => {
    assert.ok(error instanceof FailedError)
    assert.match(error.message, /127\.0\.0\.1:1.*ECONNREFUSED/)
    assert.doesNotMatch(error.message, /secret/)
    assert.match(error.remedy ?? '', /DATABASE_URL/)
    return true
  })
})
