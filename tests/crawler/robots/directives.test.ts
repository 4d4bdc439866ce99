import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forbiddenBy, headerDirectives, metaDirectives } from '../../../crawler/robots/directives.ts'
import { parseTdmRules, reservingRule } from '../../../crawler/robots/tdm.ts'

const at = '2026-03-01T00:00:00Z'
const everything = { noindex: true, noai: true, tdm: true }
const header = (...values: readonly string[]) => headerDirectives({ 'x-robots-tag': [...values] }, 'malmoi', at)
const meta = (...metas: readonly [string, string][]) => metaDirectives(new Map(metas), 'malmoi', at)

test('rules for everyone and for us count, those for other crawlers do not', () => {
  assert.equal(header('noindex').noindex, true)
  assert.equal(header('Malmoi: noai').noai, true)
  assert.equal(header('otherbot: noindex, nofollow').noindex, false)
  assert.equal(header('otherbot: noindex', 'noai').noai, true, 'another header is for everyone again')
  assert.equal(header('otherbot: noindex, malmoi: nofollow').nofollow, true)
  assert.equal(header('max-snippet: 20, noindex').noindex, true, 'a rule with a value is no crawler')
  assert.deepEqual([header('none').noindex, header('none').nofollow], [true, true])
  assert.equal(meta(['robots', 'NOINDEX,follow']).noindex, true)
  assert.equal(meta(['malmoi', 'noai']).noai, true)
  assert.equal(meta(['googlebot', 'noindex']).noindex, false)
})

test('unavailable_after counts once its time has passed', () => {
  assert.equal(header('unavailable_after: 25 Jun 2025 15:00:00 GMT').noindex, true)
  assert.equal(header('unavailable_after: Wed, 25 Jun 2025 15:00:00 GMT').noindex, true)
  assert.equal(header('unavailable_after: 2031-01-01').noindex, false)
})

test('what a page forbids is refused with its own words, unless the source says otherwise', () => {
  assert.equal(
    forbiddenBy(headerDirectives({ 'tdm-reservation': ['1'] }, 'malmoi', at), everything),
    'reserved from text and data mining (TDM-Reservation: 1)',
  )
  assert.equal(forbiddenBy(headerDirectives({ 'tdm-reservation': ['0'] }, 'malmoi', at), everything), null)
  const noai = meta(['robots', 'noai, noimageai'])
  assert.equal(forbiddenBy(noai, everything), 'reserved from text and data mining (meta robots: noai, noimageai)')
  assert.equal(forbiddenBy(noai, { ...everything, noai: false }), null)
  assert.equal(forbiddenBy(meta(['tdm-reservation', '1']), everything)?.includes('meta tdm-reservation: 1'), true)
  assert.equal(forbiddenBy(header('noindex'), everything), 'not to be indexed (X-Robots-Tag: noindex)')
})

test('noimageai reserves the images alone, and is recorded', () => {
  const said = meta(['robots', 'noimageai'])
  assert.equal(forbiddenBy(said, everything), null)
  assert.deepEqual(said.stated, ['meta robots: noimageai'])
})

test('of the locations of tdmrep.json the longest that matches decides', () => {
  const rules = parseTdmRules(
    Buffer.from(
      JSON.stringify([
        { location: '/', 'tdm-reservation': 0 },
        { location: '/news/*', 'tdm-reservation': 1, 'tdm-policy': 'https://example.org/policy' },
        { location: '/news/open', 'tdm-reservation': 0 },
        { location: 5 },
        'nothing',
      ]),
    ),
  )
  const reserved = (path: string) => reservingRule(rules, new URL(path, 'https://example.org'))?.location ?? null
  assert.deepEqual(['/', '/news/1', '/news/open/1', '/other'].map(reserved), [null, '/news/*', null, null])
  assert.deepEqual(parseTdmRules(Buffer.from('<html>없음')), [])
  assert.deepEqual(parseTdmRules(Buffer.from('{"location":"/"}')), [])
})
