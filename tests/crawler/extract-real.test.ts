/** Extraction on real pages whose body is known; bench/extraction.ts prints the same figures with the worst pages. */
import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { scorePage, summarise } from '../../bench/shingles.ts'
import { decodeBody } from '../../crawler/decode.ts'
import { extractPage } from '../../crawler/extract/index.ts'

const data = new URL('../../../shared/data/html/', import.meta.url)

function f1Of(folder: string): number {
  const lines = readFileSync(new URL(`${folder}/ground_truth.jsonl`, data), 'utf8')
    .trim()
    .split('\n')
  const scores = lines.map((line) => {
    const truth: { file: string; url: string; body: string } = JSON.parse(line)
    const name = truth.file.endsWith('.gz') ? truth.file : `${truth.file}.gz`
    const html = decodeBody(gunzipSync(readFileSync(new URL(`${folder}/${name}`, data))), null).text
    return scorePage(truth.body, extractPage(html, truth.url).text)
  })
  return summarise(scores).f1
}

for (const [folder, least] of [
  ['article_extraction_benchmark', 0.97],
  ['kr_news_fundus', 0.97],
  ['kr_news_donga_2013', 0.97],
] as const) {
  const skip = existsSync(new URL(folder, data)) ? false : `the pages of ${new URL(folder, data).pathname} are not here`
  test(`the pages of ${folder} are extracted with an F1 of at least ${least}`, { skip }, () => {
    const f1 = f1Of(folder)
    assert.ok(f1 >= least, `F1 ${f1.toFixed(4)}`)
  })
}

test('the measure gives equal texts 1, unrelated ones 0, and half a text its half', () => {
  const words = Array.from({ length: 40 }, (_, i) => `낱말${i}`)
  const text = words.join(' ')
  assert.equal(summarise([scorePage(text, text)]).f1, 1)
  assert.equal(summarise([scorePage(text, '아주 다른 글 하나')]).f1, 0)
  const { precision, recall } = summarise([scorePage(text, words.slice(0, 20).join(' '))])
  assert.equal(precision, 1)
  assert.equal(recall, 17 / 37)
})
