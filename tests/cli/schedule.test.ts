/** Nights begun by a schedule: once, on whichever scheduler; cut off and gone on with; missed and caught up once. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '../../store/connect.ts'
import { createWorkspace, type TestWorkspace } from '../support/command.ts'
import { answer, links, page, type Site, startSite } from '../support/local-site.ts'
import { writeNotes } from '../support/notes.ts'

let workspace: TestWorkspace
let site: Site
before(async () => {
  const paths = Array.from({ length: 40 }, (_, index) => `/${index}`)
  site = await startSite({
    '/': page(links(...paths)),
    '/robots.txt': answer(404, 'text/plain', ''),
    '*': (request, response) => page(`글 ${request.url}`)(request, response),
  })
  workspace = createWorkspace()
})
after(async () => {
  await workspace.remove()
  await site.close()
})

interface Event {
  readonly event: string
  readonly schedule: string
  readonly night?: string
  readonly cause?: string
}

/** A scheduler as a process, with the events it has told so far. */
function startScheduler(): { readonly child: ChildProcess; readonly events: Event[]; stop(): Promise<number | null> } {
  const child = workspace.start('schedule', '--json')
  const events: Event[] = []
  let rest = ''
  child.stdout?.on('data', (part) => {
    const lines = `${rest}${part}`.split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) events.push(JSON.parse(line))
  })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  return {
    child,
    events,
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 20) {
    assert.ok(waited < 30_000, 'it did not happen within 30 s')
    await sleep(20)
  }
}

test('two schedulers begin a night once, and go down to what the schedule says', async () => {
  const notes = writeNotes(workspace.folder)
  const schedule = [{ name: 'often', cron: '* * * * * *', sources: ['notes'], then: 'build' }]
  workspace.configure({ sources: [notes], datasets: { all: { tokenizer: { vocabSize: 'auto' } } }, schedule })
  const schedulers = [startScheduler(), startScheduler()]
  const all = () => schedulers.flatMap(({ events }) => events)
  await until(
    () => all().some(({ event }) => event === 'done') && all().filter(({ event }) => event === 'skipped').length > 2,
  )
  assert.deepEqual(await Promise.all(schedulers.map(({ stop }) => stop())), [0, 0])
  assert.equal(all().filter(({ event }) => event === 'started').length, 1)
  assert.equal((await workspace.json('corpus', 'versions')).length, 1, 'the plan went on to a version')
  const [listed] = await workspace.json<{ name: string; last: { state: string; cause: string } }>('schedule', 'list')
  assert.deepEqual([listed?.name, listed?.last.state, listed?.last.cause], ['often', 'done', 'scheduled'])
})

test('a night that was killed is gone on with by the next scheduler', async () => {
  const web = {
    name: 'web',
    kind: 'news',
    start: [`${site.origin}/`],
    licence: 'CC0-1.0',
    delayMs: 50,
    allowPrivate: true,
  }
  workspace.configure({
    sources: [{ ...web, schedule: { cron: '* * * * * *', then: 'crawl' } }],
  })
  const first = startScheduler()
  await until(() => site.asked.length > 10)
  first.child.kill('SIGKILL')
  await new Promise((resolve) => first.child.once('exit', resolve))
  const second = startScheduler()
  await until(() => second.events.some(({ event }) => event === 'done'))
  await second.stop()
  const pages = site.paths().filter((path) => /^\/\d+$/.test(path))
  assert.deepEqual(new Set(pages).size, 40)
  // What was under way at the kill may have been asked for twice, nothing else.
  assert.ok(pages.length <= 42, `${pages.length} requests`)
})

test('a night that was missed is caught up once', async () => {
  const notes = { ...writeNotes(workspace.folder), name: 'late', schedule: { cron: '0 3 1 * *', then: 'crawl' } }
  workspace.configure({ sources: [notes] })
  const scheduler = startScheduler()
  await until(() => scheduler.events.some(({ event, schedule }) => event === 'next' && schedule === 'late'))
  await scheduler.stop()
  assert.ok(!scheduler.events.some(({ event }) => event === 'started'), 'a new schedule has missed nothing')
  const connection = await connect(workspace.folder, undefined)
  await connection.db
    .updateTable('schedule')
    .set({ next_at: new Date('2026-11-01T03:00:00+09:00') })
    .where('name', '=', 'late')
    .execute()
  await connection.close()
  const again = startScheduler()
  await until(() => again.events.some(({ event }) => event === 'done'))
  await again.stop()
  const started = again.events.find(({ event }) => event === 'started')
  assert.deepEqual(
    [started?.cause, started?.night?.endsWith('-01')],
    ['missed', true],
    'the night that was missed, not the day it was caught up',
  )
  const third = startScheduler()
  await until(() => third.events.some(({ event }) => event === 'next'))
  await sleep(300)
  await third.stop()
  assert.ok(!third.events.some(({ event }) => event === 'started'))
})

test('a schedule that is no cron expression, and one that is not there, are named', async () => {
  const notes = writeNotes(workspace.folder)
  workspace.configure({ sources: [{ ...notes, schedule: '99 3 * * *' }] })
  const bad = await workspace.run('schedule', 'list')
  assert.equal(bad.code, 2)
  assert.match(bad.stderr, /sources\[0\]\.schedule "99 3 \* \* \*" is no cron expression \(.*minute/)
  workspace.configure({ sources: [{ ...notes, schedule: '0 3 * * *' }] })
  const unknown = await workspace.run('schedule', 'run', 'nots')
  assert.deepEqual([unknown.code, /did you mean notes\?/.test(unknown.stderr)], [2, true])
  workspace.configure({ sources: [notes] })
  assert.match((await workspace.run('schedule')).stderr, /has no schedule: add/)
})
