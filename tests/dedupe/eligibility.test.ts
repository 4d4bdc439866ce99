/** What a dataset takes at all: by the licence and the day that a page states, else by its source's and its night's. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Eligibility, isEligible } from '../../dedupe/eligibility.ts'

const open: Eligibility = { licences: null, sourceLicence: 'MIT', since: null, until: null, night: '2026-11-05' }
const silent = { licence: null, published: null }

test('without a rule every document is taken', () => {
  const stated = fc.record({ licence: fc.option(fc.string()), published: fc.option(fc.string()) })
  fc.assert(fc.property(stated, (document) => isEligible(document, open)))
})

test('a stated licence decides, and the licence of the source where none is stated', () => {
  const rule = { ...open, licences: ['CC0-1.0', 'MIT'] }
  assert.equal(isEligible({ ...silent, licence: 'CC0-1.0' }, rule), true)
  assert.equal(isEligible({ ...silent, licence: 'CC-BY-NC-4.0' }, rule), false)
  assert.equal(isEligible(silent, rule), true)
  assert.equal(isEligible(silent, { ...rule, sourceLicence: 'CC-BY-NC-4.0' }), false)
})

test('the first and the last day are taken, whatever the hour', () => {
  const rule = { ...open, since: '2026-11-01', until: '2026-11-03' }
  const taken = ['2026-10-31', '2026-11-01', '2026-11-02T12:00:00+09:00', '2026-11-03T23:59:59Z', '2026-11-04'].filter(
    (published) => isEligible({ ...silent, published }, rule),
  )
  assert.deepEqual(taken, ['2026-11-01', '2026-11-02T12:00:00+09:00', '2026-11-03T23:59:59Z'])
})

test('a page whose day is none of the calendar is of the night that it was captured', () => {
  const rule = { ...open, since: '2026-11-05', until: '2026-11-05' }
  for (const published of [null, '', '어제', '2026-02-30', '2026-13-01', '26-11-01'])
    assert.equal(isEligible({ ...silent, published }, rule), true, `${published}`)
  assert.equal(isEligible(silent, { ...rule, night: '2026-11-06' }), false)
})

test('two windows that touch share no document and miss none', () => {
  const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  const text = day.map((date) => date.toISOString().slice(0, 10))
  fc.assert(
    fc.property(text, text, (published, until) => {
      const after = new Date(Date.parse(until) + 86_400_000).toISOString().slice(0, 10)
      const document = { ...silent, published }
      const [before, since] = [
        isEligible(document, { ...open, until }),
        isEligible(document, { ...open, since: after }),
      ]
      return before !== since
    }),
  )
})
