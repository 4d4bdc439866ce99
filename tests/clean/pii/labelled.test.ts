/** Personal data is found, and nothing else, on a labelled set of every written form and of near-misses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findPersonal } from '../../../clean/pii/detect.ts'
import { PERSONAL_KINDS } from '../../../clean/pii/personal.ts'
import { jsonLines, withoutData } from '../../support/shared-data.ts'
import { labelledSet, score } from './labelled-set.ts'

const SPANS = 600

function assertScores(surroundings: readonly string[]): void {
  const set = labelledSet(4, SPANS, surroundings)
  assert.ok(set.filter(({ nearMiss }) => nearMiss !== null).length >= 1000)
  const scores = score(set, findPersonal)
  for (const kind of PERSONAL_KINDS) {
    const { spans, precision, recall } = scores[kind]
    assert.equal(spans, SPANS)
    assert.ok(precision >= 0.99, `${kind}: precision ${precision}`)
    assert.ok(recall >= 0.98, `${kind}: recall ${recall}`)
  }
}

test('in sentences of our own, precision is at least .99 and recall at least .98 for every kind', () => {
  assertScores([])
})

test('amid real sentences too', { skip: withoutData }, () => {
  const sentences = jsonLines<{ readonly text: string }>('corpus/ud_gsd.jsonl.zst').map(({ text }) => text)
  assertScores(sentences.filter((text) => findPersonal(text).length === 0))
})
