/** The embedded PostgreSQL: started by the first, shared, stopped by the last, and back after every kind of death. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { FailedError } from '../../pipeline/contract.ts'
import { connect } from '../../store/connect.ts'
import { locateEmbedded } from '../../store/embedded-place.ts'

const workspace = mkdtempSync(join(tmpdir(), 'malmoi-pg-'))
const pidFile = () => join(locateEmbedded(workspace).dataFolder, 'postmaster.pid')
const serverPid = () => Number(readFileSync(pidFile(), 'utf8').split('\n', 1)[0])

after(() => rmSync(workspace, { recursive: true, force: true }))

test('two clients share one server, and the last one stops it', async () => {
  const [first, second] = await Promise.all([connect(workspace, undefined), connect(workspace, undefined)])
  await first.db.insertInto('source').values({ name: 'one', kind: 'news', licence: 'CC0' }).execute()
  await first.close()
  assert.ok(existsSync(pidFile()), 'the server runs on while somebody uses it')
  assert.equal((await second.db.selectFrom('source').selectAll().execute()).length, 1)
  await second.close()
  assert.ok(!existsSync(pidFile()), 'nobody is left, the server is stopped')
})

test('clients of other processes, coming and going at once, all find a server', async () => {
  const script = `import { connect } from ${JSON.stringify(new URL('../../store/connect.ts', import.meta.url).href)}
    for (let i = 0; i < 4; i++) {
      const connection = await connect(${JSON.stringify(workspace)}, undefined)
      await connection.db.selectFrom('source').selectAll().execute()
      await connection.close()
    }`
  const codes = await Promise.all(
    [1, 2, 3].map(
      () =>
        new Promise((resolve) => {
          spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
            stdio: ['ignore', 'inherit', 'inherit'],
          }).once('exit', resolve)
        }),
    ),
  )
  assert.deepEqual(codes, [0, 0, 0])
  assert.ok(!existsSync(pidFile()))
})

test('a server that was killed with -9 is started again, and committed rows are there', async () => {
  const connection = await connect(workspace, undefined)
  await connection.db.insertInto('source').values({ name: 'two', kind: 'news', licence: 'CC0' }).execute()
  const pid = serverPid()
  process.kill(pid, 'SIGKILL')
  while (existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z')) await sleep(10)
  const again = await connect(workspace, undefined)
  assert.equal((await again.db.selectFrom('source').selectAll().execute()).length, 2)
  await again.close()
})

test('a stale pid file that names a living process of somebody else is not believed', async () => {
  mkdirSync(locateEmbedded(workspace).dataFolder, { recursive: true })
  writeFileSync(pidFile(), `${process.pid}\n${locateEmbedded(workspace).dataFolder}\n0\n5432\n\n\n`)
  const connection = await connect(workspace, undefined)
  assert.equal((await connection.db.selectFrom('source').selectAll().execute()).length, 2)
  await connection.close()
})

test('a workspace whose path is longer than a socket may be works too', async () => {
  const deep = join(workspace, 'ㄱ'.repeat(30), 'long'.repeat(12))
  mkdirSync(deep, { recursive: true })
  const connection = await connect(deep, undefined)
  assert.deepEqual(await connection.db.selectFrom('run').selectAll().execute(), [])
  await connection.close()
})

test('DATABASE_URL to a dead server is one error that names the server and the remedy', async () => {
  await assert.rejects(connect(workspace, 'postgres://somebody:secret@127.0.0.1:1/none'), (error) => {
    assert.ok(error instanceof FailedError)
    assert.match(error.message, /127\.0\.0\.1:1.*ECONNREFUSED/)
    assert.doesNotMatch(error.message, /secret/)
    assert.match(error.remedy ?? '', /DATABASE_URL/)
    return true
  })
})
