/** The language of searches: what is written, what is asked, and what is said of a mistake. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { UsageError } from '../../../pipeline/contract.ts'
import { createMatcher, type Matchable } from '../../../store/search/match.ts'
import { parseQuery } from '../../../store/search/parse.ts'

const document = (text: string, more: Partial<Matchable> = {}): Matchable => ({
  text,
  source: 'hani',
  licence: 'CC0-1.0',
  lang: 'ko',
  day: '2026-11-10',
  title: '한글날 소식',
  ...more,
})
const matches = (query: string, text: string, more?: Partial<Matchable>) =>
  createMatcher(parseQuery(query))(document(text, more))

test('a word is found within a longer one, whatever its case; white space of a phrase matches any', () => {
  assert.ok(matches('학교', '초등학교에서'))
  assert.ok(matches('교', '초등학교에서'))
  assert.ok(matches('malmoi', '말모이(MalMoi)는'))
  assert.ok(matches('"국립 도서관"', '새 국립\n\n도서관이다'))
  assert.ok(!matches('"국립 도서관"', '국립중앙도서관'))
  assert.ok(matches('C++', 'c++로 적은'))
  assert.ok(!matches('C++', 'c 언어로 적은'))
})

test('words side by side are all wanted, NOT binds before AND, AND before OR, and parentheses before all', () => {
  assert.ok(!matches('바람 구름', '바람만 분다'))
  assert.ok(matches('바람 OR 구름 비', '바람만 분다'))
  assert.ok(!matches('(바람 OR 구름) 비', '바람만 분다'))
  assert.ok(matches('(바람 OR 구름) AND 비', '구름에서 비가'))
  assert.ok(!matches('바람 -비', '비바람'))
  assert.ok(!matches('바람 NOT (구름 OR 비)', '비바람'))
  assert.ok(matches('바람 and 비', '비 and 바람'), 'in small letters it is a word')
  assert.ok(matches('"OR" 바람', '바람 or 구름'), 'in quotation marks it is a word')
})

test('fields narrow', () => {
  assert.ok(matches('바람 source:hani licence:cc0-1.0 lang:ko', '바람'))
  assert.ok(!matches('바람 source:han', '바람'))
  assert.ok(matches('바람 since:2026-11-10 until:2026-11-10', '바람'))
  assert.ok(!matches('바람 since:2026-11-11', '바람'))
  assert.ok(matches('바람 title:"한글날 소식"', '바람'))
  assert.ok(!matches('바람 -title:한글날', '바람'))
  assert.ok(!matches('바람 lang:ko', '바람', { lang: null }))
})

test('SQL and patterns are text', () => {
  const injection = `'; DROP TABLE text; --`
  assert.ok(matches(injection, `그는 '; drop table text; -- 라고 적었다`))
  assert.ok(!matches(injection, 'drop table text'))
  assert.ok(!matches('바.람', '바나람'))
  assert.ok(matches('100%', '100% 찬성'))
  assert.ok(!matches('1_0%', '100%'))
})

test('a mistake is shown at its place', () => {
  const fault = (query: string) => {
    try {
      parseQuery(query)
    } catch (error) {
      assert.ok(error instanceof UsageError, String(error))
      return error.message
    }
    return assert.fail(`${query} was taken`)
  }
  assert.equal(fault('바람 (구름 비'), 'this parenthesis is not closed\n  바람 (구름 비\n       ^')
  assert.match(fault('바람)'), /closes nothing\n {2}바람\)\n {6}\^$/)
  assert.match(fault('바람 "구름'), /quotation mark is not closed/)
  assert.match(fault('바람 ""'), /nothing in these quotation marks/)
  assert.match(fault('바람 ()'), /nothing in these parentheses/)
  assert.match(fault('바람 OR'), /a word is missing at the end/)
  assert.match(fault('OR 바람'), /a word is missing here/)
  assert.match(fault('바람 AND OR 구름'), /a word is missing here\n.*\n {11}\^$/)
  assert.match(fault('바람 NOT'), /a word is missing at the end/)
  assert.match(fault('sorce:hani 바람'), /no field sorce: did you mean source:\?/)
  assert.match(fault('note:바람'), /no field note: there is source, licence, .*in quotation marks/)
  assert.match(fault('바람 since:2026-02-30'), /takes a day, YYYY-MM-DD/)
  assert.match(fault('바람 source: hani'), /source: takes a value/)
  assert.match(fault('source:hani'), /no word to look for/)
  assert.match(fault('-바람'), /no word to look for/)
  assert.match(fault('바람 OR source:hani'), /no word to look for here.*\n.*\n {10}\^$/)
  assert.match(fault('바람 OR ---'), /no word to look for/)
  assert.match(fault(' '), /nothing to search for/)
  assert.match(fault('가'.repeat(10_000)), /has 10,000 characters; it may have 1,000/)
  assert.match(fault('가 '.repeat(51)), /50 words and phrases/)
  const lines = fault(`${'구름 '.repeat(40)}(바람`).split('\n')
  assert.equal(lines[1]?.length, 2 + 60)
})
