import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createHostQueue } from '../../crawler/host-queue.ts'

function queueAt(hosts: readonly string[] = []) {
  const clock = { time: 0 }
  return { clock, queue: createHostQueue<string>(hosts, () => clock.time) }
}

test('a host is asked one request at a time, and not before its pause is over', () => {
  const { clock, queue } = queueAt()
  queue.push('a', 'a1')
  queue.push('a', 'a2')
  assert.equal(queue.take(), 'a1')
  assert.equal(queue.take(), null)
  assert.equal(queue.nextAt(), null, 'a busy host has no next time')
  queue.release('a', 100)
  assert.equal(queue.take(), null)
  assert.equal(queue.nextAt(), 100)
  clock.time = 100
  assert.equal(queue.take(), 'a2')
})

test('hosts take turns, and one does not wait for another', () => {
  const { queue } = queueAt()
  for (const entry of ['a1', 'a2', 'b1', 'b2']) queue.push(entry.charAt(0), entry)
  assert.deepEqual([queue.take(), queue.take(), queue.take()], ['a1', 'b1', null])
  queue.release('a', 0)
  queue.release('b', 0)
  assert.deepEqual([queue.take(), queue.take()], ['a2', 'b2'])
})

test('an entry that is to be tried later lets others pass, and comes in its time', () => {
  const { clock, queue } = queueAt()
  queue.pushLater('a', 'again', 50)
  queue.push('a', 'a1')
  assert.equal(queue.take(), 'a1')
  queue.release('a', 10)
  assert.equal(queue.nextAt(), 50)
  clock.time = 49
  assert.equal(queue.ready(), false)
  clock.time = 50
  assert.equal(queue.take(), 'again')
  assert.equal(queue.size(), 0)
})

test('a pause is never shortened by an earlier one', () => {
  const { clock, queue } = queueAt()
  queue.push('a', 'a1')
  queue.pause('a', 500)
  queue.pause('a', 100)
  clock.time = 499
  assert.equal(queue.ready(), false)
})

test('order within a host is the order of arrival, however long the line', () => {
  const { queue } = queueAt(['a', 'b'])
  const entries = Array.from({ length: 5000 }, (_, index) => String(index))
  for (const entry of entries) queue.push('a', entry)
  assert.equal(queue.hasIdleHost(), true, 'b has nothing to do')
  const taken: (string | null)[] = []
  while (queue.size() > 0) {
    taken.push(queue.take())
    queue.release('a', 0)
  }
  assert.deepEqual(taken, entries)
})
