/** The verdict on a text: kept, or rejected with rule, value and threshold; and the same decided from measures alone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cleanText } from '../../clean/clean.ts'
import { judge } from '../../clean/judge.ts'
import { PERSONAL_KINDS } from '../../clean/pii/personal.ts'
import { defaultCleaning, RULES } from '../../clean/rules.ts'
import type { CleaningConfig } from '../../pipeline/contract.ts'
import { jsonLines, withoutData } from '../support/shared-data.ts'

const PROSE =
  '마을 도서관이 어제 다시 문을 열었다. 세 해 동안 고친 건물에는 아이들을 위한 방이 새로 생겼다.\n\n관장은 책보다 사람이 먼저 모이는 곳이 되기를 바란다고 말했다. 주민들은 첫날부터 줄을 섰다. 안녕하세요, 반갑습니다.'
const MEASURES = [
  ...new Set(RULES.map(({ measure }) => measure)),
  ...PERSONAL_KINDS.map((kind) => `pii_${kind}`),
  ...['head_cut_chars', 'tail_cut_chars'],
].sort()

function withRules(rules: CleaningConfig['rules']): CleaningConfig {
  return { ...defaultCleaning, rules: { ...defaultCleaning.rules, ...rules } }
}

function rejection(text: string, config = defaultCleaning) {
  const verdict = cleanText(text, config)
  assert.deepEqual(Object.keys(verdict.measures).sort(), MEASURES)
  return verdict.kept ? null : [verdict.rule, verdict.value, verdict.threshold]
}

test('a Korean text is kept, in its normal form, with every measure', () => {
  const verdict = cleanText(`\ufeff${PROSE}  `, defaultCleaning)
  assert.ok(verdict.kept)
  assert.equal(verdict.text, PROSE)
  assert.deepEqual(Object.keys(verdict.measures).sort(), MEASURES)
})

test('a rejected text names the first rule it fails, the value and the threshold, and has every measure', () => {
  assert.deepEqual(rejection('짧다.'), ['min_chars', 3, 100])
  assert.deepEqual(rejection('가'.repeat(1_000_001)), ['max_chars', 1_000_001, 1_000_000])
  assert.deepEqual(rejection('The library opened again yesterday. '.repeat(4)), ['language_score', 0, 0.5])
  assert.equal(rejection(`${PROSE}\n${PROSE}`)?.[0], 'dup_line_frac')
  assert.equal(rejection(PROSE.replaceAll('다', '\ufffd\ufffd'))?.[0], 'mojibake_frac')
})

test('the cause is named before the symptom: a page that sells is spam, however much it repeats itself', () => {
  const page = '강남출장안마 후불제 24시간 예약 문의 010-2345-6789 카톡 happy7979 최고의 관리사\n'.repeat(5)
  assert.equal(rejection(page)?.[0], 'adult_score')
})

test('a value at its threshold passes, null and absence decide nothing', () => {
  const text = '가나다라마바사아자차'
  const off = Object.fromEntries(RULES.map(({ name }) => [name, null]))
  assert.equal(
    rejection(text, { ...defaultCleaning, rules: { ...off, min_chars: 10, max_chars: 10, language_score: 1 } }),
    null,
  )
  assert.deepEqual(rejection(text, { ...defaultCleaning, rules: { min_chars: 11 } }), ['min_chars', 10, 11])
  assert.equal(rejection('', { ...defaultCleaning, rules: {} }), null)
})

test('every rule has one name, a line about it, and a threshold that its own measure can be on both sides of', () => {
  assert.equal(new Set(RULES.map(({ name }) => name)).size, RULES.length)
  for (const { name, measure, about } of RULES) {
    assert.match(name, /^[a-z0-9]+(_[a-z0-9]+)*$/)
    assert.ok(about.length > 10)
    const value = cleanText(PROSE, defaultCleaning).measures[measure]
    assert.ok(value !== undefined && Number.isFinite(value), name)
  }
  for (const { name, side, measure } of RULES) {
    const value = cleanText(PROSE, defaultCleaning).measures[measure]!
    const beyond = side === 'least' ? value + 1 : value - 1
    assert.equal(judge({ [measure]: value }, { [name]: value }), null, name)
    assert.deepEqual(judge({ [measure]: value }, { [name]: beyond }), { rule: name, value, threshold: beyond })
  }
})

test('another threshold is decided from the measures alone, and a measure that was not taken is an error', () => {
  const { measures } = cleanText(`${PROSE}\n${PROSE}`, defaultCleaning)
  for (const threshold of [0, 0.3, 0.5, 1, null]) {
    const { rules } = withRules({ dup_line_frac: threshold })
    const verdict = cleanText(`${PROSE}\n${PROSE}`, { ...defaultCleaning, rules })
    assert.equal(judge(measures, rules)?.rule, verdict.kept ? undefined : verdict.rule)
  }
  assert.throws(() => judge({}, { min_chars: 1 }), /min_chars needs the measure chars/)
})

test('measures are numbers that JSON keeps: finite, at most four decimals', () => {
  for (const text of [PROSE, '', '가', 'ㅋㅋㅋ', `${PROSE} 123 abc`.repeat(3)]) {
    const { measures } = cleanText(text, defaultCleaning)
    assert.deepEqual(JSON.parse(JSON.stringify(measures)), measures)
    for (const [name, value] of Object.entries(measures)) assert.match(String(value), /^\d+(\.\d{1,4})?$/, name)
  }
})

for (const [name, least] of [
  ['wikinews', 0.95],
  ['petitions', 0.9],
  ['book_review_nanet', 0.9],
  ['book_review_nlk', 0.9],
] as const) {
  test(`the default keeps at least ${least * 100} % of ${name}`, { skip: withoutData }, () => {
    const texts = jsonLines<{ readonly text: string }>(`corpus/${name}.jsonl.zst`).slice(0, 800)
    const kept = texts.filter(({ text }) => cleanText(text, defaultCleaning).kept).length
    assert.ok(kept >= texts.length * least, `${kept} of ${texts.length}`)
  })
}

test('with a smaller least length, most lines of chat and of reviews are kept', { skip: withoutData }, () => {
  const config = withRules({ min_chars: 5, stop_words: null })
  for (const name of ['chatbot_dialog', 'nsmc_reviews']) {
    const texts = jsonLines<{ readonly text: string }>(`corpus/${name}.jsonl.zst`).slice(0, 2000)
    const kept = texts.filter(({ text }) => cleanText(text, config).kept).length
    assert.ok(kept >= texts.length * 0.85, `${name}: ${kept} of ${texts.length}`)
  }
})

test('damage is repaired, and personal data masked with its place, before the text is kept', () => {
  const damaged = Buffer.from(`${PROSE} 문의는 010-2345-6789로 하시면 됩니다.`).toString('latin1')
  const verdict = cleanText(damaged, defaultCleaning)
  assert.ok(verdict.kept)
  assert.equal(verdict.text, `${PROSE} 문의는 <전화번호>로 하시면 됩니다.`)
  const [span] = verdict.personal
  assert.equal(verdict.text.slice(span?.start, (span?.start ?? 0) + (span?.length ?? 0)), '<전화번호>')
  assert.equal(verdict.measures.pii_phone, 1)
})

test('a kind of personal data that drops the document rejects it like a rule', () => {
  const actions = { ...defaultCleaning.personalData.actions, phone: 'drop' } as const
  const config = { ...defaultCleaning, personalData: { ...defaultCleaning.personalData, actions } }
  assert.deepEqual(rejection(`${PROSE} 문의는 010-2345-6789로 하시면 됩니다.`, config), ['pii_phone', 1, 0])
})
