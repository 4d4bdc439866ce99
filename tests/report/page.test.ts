import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RULES } from '../../clean/rules.ts'
import type { ReportData } from '../../report/data.ts'
import { histogram, logarithmicHistogram } from '../../report/histogram.ts'
import { MEASURE_LABELS } from '../../report/measure-labels.ts'
import { reportPage } from '../../report/page.ts'

const hostile = '<img src=x onerror=alert(1)>"\'&'
const data: ReportData = {
  ...{ version: hostile, digest: 'ab'.repeat(32), frozenAt: '2026-11-01T00:00:00Z', recipe: hostile },
  ...{ documents: 1, bytes: 1234, characters: 400, sampledOneIn: 1 },
  funnels: [
    {
      ...{ source: hostile, captured: 5, contaminated: 1, duplicates: 1, kept: 1 },
      rejected: [{ name: hostile, count: 1 }],
      left: [{ name: 'licence', count: 1 }],
    },
  ],
  rules: [
    {
      ...{ name: hostile, about: hostile, measure: 'm', side: 'most', threshold: 0.5, rejected: 1 },
      distribution: histogram([0.1, 0.9], 0.5),
      rejectedExamples: [{ source: 's', url: `javascript:${hostile}`, title: hostile, value: 0.9, excerpt: hostile }],
      keptExamples: [{ source: 's', url: `https://a.example/${hostile}`, title: null, value: 0.1, excerpt: hostile }],
    },
  ],
  lengths: logarithmicHistogram([10, 400]),
  languages: [{ name: hostile, count: 1 }],
  licences: [{ name: hostile, count: 1 }],
  personal: [{ name: hostile, count: 1 }],
  contamination: [{ set: hostile, documents: 1, item: hostile, url: hostile, passage: hostile }],
  clusters: {
    clusters: 1,
    sizes: [{ name: hostile, count: 1 }],
    largest: [{ owner: hostile, title: hostile, copies: 1, leastSimilarity: 0.9, members: [hostile] }],
  },
  omittedParagraphs: { documents: 1, paragraphs: 2 },
  sample: [{ source: hostile, url: hostile, title: hostile, published: hostile, text: hostile }],
}

test('what pages say of themselves becomes text on the report, never markup or a link that runs', () => {
  const page = reportPage(data)
  assert.doesNotMatch(page, /<img|onerror=alert\(1\)>|href="javascript:/)
  assert.match(page, /&lt;img src=x onerror=alert\(1\)&gt;/)
})

test('every measure of cleaning has its words in Korean', () => {
  const unnamed = RULES.map(({ measure }) => measure).filter((measure) => MEASURE_LABELS[measure] === undefined)
  assert.deepEqual(unnamed, [])
})

test('every value is in a bin, also where all are equal or none is there', () => {
  for (const values of [[], [0], [1, 1, 1], [0, 0.5, 1], [1, 1e9]]) {
    assert.ok(histogram(values, 0.5).width > 0 && logarithmicHistogram(values).width > 0)
    assert.equal(
      histogram(values, 0.5).counts.reduce((sum, count) => sum + count, 0),
      values.length,
    )
  }
})

test('a threshold near the values is among the bins, one far off does not flatten them', () => {
  const near = histogram([1, 2, 3], 4)
  assert.ok(near.from + near.width * near.counts.length > 4)
  const far = histogram([1, 2, 3], 1_000_000)
  assert.ok(far.from + far.width * far.counts.length <= 4)
})
