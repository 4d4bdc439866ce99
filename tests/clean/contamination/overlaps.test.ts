import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { evaluationItems } from '../../../clean/contamination/items.ts'
import { lettersOf } from '../../../clean/contamination/letters.ts'
import { contaminationIndex } from '../../../clean/contamination/overlaps.ts'
import { jsonLines, sharedFile, withoutData } from '../../support/shared-data.ts'

const passage =
  '마을 사람들은 봄마다 강둑에 모여 버드나무를 심었고 가을이면 그 아래에서 햅쌀로 지은 밥을 나누어 먹었다고 전해진다.'
const question = '버드나무를 처음으로 심은 해는 언제인가?'
const items = [
  { set: 'reading', item: 'q1', text: passage },
  { set: 'reading', item: 'q1.question', text: question },
  { set: 'reading', item: 'q2', text: '예' },
]

test('a passage is found whatever its spacing, punctuation and case, with its place in the text', () => {
  const { overlaps, items: known, tooShort } = contaminationIndex(items, { letters: 40 })
  assert.deepEqual([known, tooShort], [2, 1])
  const copy = passage.replaceAll(' ', '\n').replace('심었고', '심었고,')
  const text = `옛 기록에는 이렇게 적혀 있다. "${copy}" 그 뒤의 일은 알 수 없다.`
  const [overlap, ...more] = overlaps(text)
  assert.deepEqual(more, [])
  assert.equal(overlap?.item, 'q1')
  assert.equal(overlap.letters, lettersOf(passage).codes.length)
  assert.equal(text.slice(overlap.start, overlap.start + overlap.length), copy.replace(/\.$/, ''))
})

test('a short item counts where all of it is there, part of a long one only from so many letters on', () => {
  const { overlaps } = contaminationIndex(items, { letters: 40 })
  assert.deepEqual(
    overlaps(`누가 물었다. ${question} 아무도 몰랐다.`).map(({ item }) => item),
    ['q1.question'],
  )
  assert.deepEqual(overlaps(question.slice(0, -3)), [])
  assert.deepEqual(overlaps(passage.slice(0, 40)), [])
  assert.equal(overlaps(passage.slice(3, 60)).length, 1)
})

test('a short item in Latin letters is as common as half as many syllables', () => {
  const { tooShort } = contaminationIndex([{ set: 'titles', item: '1', text: 'A Tale of the Two Rivers' }], {
    letters: 40,
  })
  assert.equal(tooShort, 1)
})

test('what is found is equal to the item, letter by letter, and nothing that is long enough is missed', () => {
  const words = fc.array(fc.constantFrom('가나다', '라마', '바사아자', 'ab', '12', '차카타파하', '고', '😀'), {
    minLength: 4,
    maxLength: 40,
  })
  fc.assert(
    fc.property(words, words, words, fc.nat(30), (item, before, after, cut) => {
      const { overlaps } = contaminationIndex([{ set: 's', item: 'i', text: item.join('') }], { letters: 20 })
      const inside = item.join('').slice(cut)
      const text = `${before.join(' ')} ${[...inside].join(' ')} ${after.join(' ')}`
      const letters = String.fromCharCode(...lettersOf(item.join('')).codes)
      const found = overlaps(text)
      for (const { start, length, letters: count } of found) {
        const own = String.fromCharCode(...lettersOf(text.slice(start, start + length)).codes)
        assert.equal(own.length, count)
        assert.ok(letters.includes(own))
      }
      const wanted = lettersOf(inside).codes.length
      if (wanted >= 20) assert.ok(found.length > 0)
    }),
  )
})

test('items of every format are named by their id, else by their place', () => {
  const bytes = (text: string) => new TextEncoder().encode(text)
  const read = (file: string, text: string) =>
    [...evaluationItems('set', file, bytes(text))].map(({ item, text: value }) => [item, value])
  assert.deepEqual(read('a.jsonl', '{"id":"x1","q":"무엇"}\n\n{"q":"누구","a":["너"]}\n'), [
    ['x1.id', 'x1'],
    ['x1.q', '무엇'],
    ['3.q', '누구'],
    ['3.a[0]', '너'],
  ])
  assert.deepEqual(read('a.json', '{"data":[{"context":"글","qas":[{"id":7,"question":"물음"}]}]}'), [
    ['.data[0].context', '글'],
    ['7.question', '물음'],
  ])
  assert.deepEqual(read('a.tsv', '하나\t둘\n셋'), [
    ['1', '하나'],
    ['1', '둘'],
    ['2', '셋'],
  ])
  assert.throws(() => read('a.jsonl', '{'), /evaluation set set: a.jsonl:1 is not JSON/)
  assert.throws(() => read('a.xml', '<a/>'), /is no \.json/)
})

test('a real evaluation set is found in a real corpus', { skip: withoutData }, () => {
  const file = 'klue-nli-v1.1_dev.json.zst'
  const real = evaluationItems('klue-nli', file, readFileSync(sharedFile(`eval/klue/${file}`)))
  const { overlaps } = contaminationIndex(real, { letters: 40 })
  const news = jsonLines<{ text: string }>('corpus/wikinews.jsonl.zst')
  const hit = news.filter(({ text }) => overlaps(text.normalize('NFC')).length > 0)
  assert.ok(hit.length > 20, `${hit.length} of ${news.length}`)
})
