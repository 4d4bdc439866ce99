import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nightAt } from '../../pipeline/night.ts'
import { jitterOf, lastOccurrence, nextOccurrence } from '../../pipeline/schedule.ts'

const seoul = 'Asia/Seoul'
const nightly = { name: 'nightly', cron: '0 3 * * *', sources: [], then: 'build', jitterMinutes: 30 } as const

test('the next time is in the time zone of the config', () => {
  const next = nextOccurrence('0 3 * * *', seoul)
  assert.ok(next > new Date() && next.getTime() - Date.now() <= 86_400_000)
  assert.equal(next.toISOString().slice(11), '18:00:00.000Z')
})

test('of several times that were missed the last one counts', () => {
  const since = new Date('2026-03-01T18:00:00Z')
  const at = (now: string) => lastOccurrence('0 3 * * *', seoul, since, new Date(now)).toISOString()
  assert.equal(at('2026-03-01T20:00:00Z'), '2026-03-01T18:00:00.000Z')
  assert.equal(at('2026-03-04T17:59:00Z'), '2026-03-03T18:00:00.000Z')
  assert.equal(at('2026-03-04T18:00:30Z'), '2026-03-04T18:00:00.000Z')
  assert.equal(
    lastOccurrence('0 0 1 1 *', seoul, since, new Date('2026-12-01T00:00:00Z')),
    since,
    'one that is long ago is the one that was expected',
  )
})

test('a night is the date on which it begins, in the time zone', () => {
  assert.equal(nightAt(new Date('2026-03-01T14:59:00Z'), seoul), '2026-03-01')
  assert.equal(nightAt(new Date('2026-03-01T15:01:00Z'), seoul), '2026-03-02')
})

test('starts are spread over the minutes given, the same for the same night', () => {
  const puts = Array.from({ length: 20 }, (_, index) => jitterOf(nightly, `2026-03-${index + 10}`))
  assert.deepEqual(puts[0], jitterOf(nightly, '2026-03-10'))
  assert.ok(new Set(puts).size > 15 && puts.every((put) => put >= 0 && put < 30 * 60_000))
  assert.equal(jitterOf({ ...nightly, jitterMinutes: 0 }, '2026-03-10'), 0)
})
