/** What redaction does with the personal data it finds: placeholders, pseudonyms, dropped documents, recorded places. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  defaultPersonalData,
  PERSONAL_KINDS,
  type PersonalAction,
  type PersonalDataPolicy,
} from '../../../clean/pii/personal.ts'
import { redact } from '../../../clean/pii/redact.ts'
import { UsageError } from '../../../pipeline/contract.ts'
import { labelledSet } from './labelled-set.ts'

const SET = labelledSet(11, 60, [])

function everyKind(action: PersonalAction, secret: string | null = null): PersonalDataPolicy {
  const actions = Object.fromEntries(PERSONAL_KINDS.map((kind) => [kind, action]))
  return { ...defaultPersonalData, actions: { ...defaultPersonalData.actions, ...actions }, secret }
}
const PSEUDONYMS = everyKind('pseudonym', 'one corpus')

const masked = (text: string): string => redact(text, defaultPersonalData).text

test('each kind is replaced by its own placeholder', () => {
  assert.equal(masked('연락처 010-2345-6789, 메일 hana@naver.com'), '연락처 <전화번호>, 메일 <이메일>')
  assert.equal(masked('주민번호 900101-1234567'), '주민번호 <주민등록번호>')
  assert.equal(masked('카드 4111-1111-1111-1111'), '카드 <카드번호>')
  assert.equal(masked('국민은행 123-45-678901'), '국민은행 <계좌번호>')
  assert.equal(masked('여권 M12345678, 면허 11-12-345678-90'), '여권 <여권번호>, 면허 <운전면허번호>')
  assert.equal(masked('IP 211.34.5.6'), 'IP <IP주소>')
})

test('a name written onto a number, and a word onto its end, stay', () => {
  assert.equal(masked('홍길동010-2345-6789입니다'), '홍길동<전화번호>입니다')
  assert.equal(masked('(☎02-345-6789, hana@city.go.kr)'), '(☎<전화번호>, <이메일>)')
})

test('several numbers side by side are each found', () => {
  assert.equal(masked('010-2345-6789/02-345-6789 010.2345.6789'), '<전화번호>/<전화번호> <전화번호>')
  assert.equal(masked('국민 123-45-678901, 신한 110-234-567890'), '국민 <계좌번호>, 신한 <계좌번호>')
})

test('values that a source has already made into pseudonyms are found', () => {
  assert.equal(masked('010-0000-4344, user123456@example.com'), '<전화번호>, <이메일>')
})

test('the placeholder is what the policy says', () => {
  const policy = { ...defaultPersonalData, placeholders: { ...defaultPersonalData.placeholders, phone: '[PHONE]' } }
  assert.equal(redact('010-2345-6789', policy).text, '[PHONE]')
})

test('spans say where the stand-ins are, in the order of the text, and nothing of the value', () => {
  for (const policy of [defaultPersonalData, PSEUDONYMS]) {
    for (const { text, spans: labelled } of SET) {
      const { text: clean, spans } = redact(text, policy)
      for (const [i, { kind, start, length, ...rest }] of spans.entries()) {
        assert.deepEqual(rest, {})
        if (policy === defaultPersonalData) {
          assert.equal(clean.slice(start, start + length), policy.placeholders[kind])
        }
        assert.ok(i === 0 || start >= spans[i - 1]!.start + spans[i - 1]!.length)
      }
      if (policy === defaultPersonalData) {
        for (const { start, end } of labelled) assert.ok(!clean.includes(text.slice(start, end)), text)
      }
    }
  }
})

test('what is kept, is kept, and still keeps its place from other kinds', () => {
  const text = '계좌 문의 010-2345-6789'
  assert.deepEqual(redact(text, everyKind('keep')), { text, spans: [], drop: null })
})

test('a document is dropped for the first kind that asks for it, and its values are masked all the same', () => {
  const policy = {
    ...defaultPersonalData,
    actions: { ...defaultPersonalData.actions, resident_registration: 'drop', card: 'drop' },
  } as const
  const { text, drop } = redact('010-2345-6789 주민번호 900101-1234567 카드 4111-1111-1111-1111', policy)
  assert.equal(drop, 'resident_registration')
  assert.equal(text, '<전화번호> 주민번호 <주민등록번호> 카드 <카드번호>')
  assert.equal(redact('010-2345-6789', policy).drop, null)
})

test('a pseudonym is one for all written forms of a value, and another under another secret', () => {
  const names = (text: string, secret: string) => redact(text, everyKind('pseudonym', secret)).text
  const forms = [
    '010-2345-6789',
    '010 2345 6789',
    '０１０－２３４５－６７８９',
    '+82-10-2345-6789',
    '공일공-이삼사오-육칠팔구',
  ]
  const [name, ...others] = forms.map((form) => names(form, 'a'))
  assert.match(name!, /^010-0000-\d{4}$/)
  assert.deepEqual(others, [name, name, name, name])
  assert.equal(names('hana(at)naver.com', 'a'), names('Hana@naver.com', 'a'))
  const many = forms.map((_, i) => `hana${i}@naver.com`)
  assert.notDeepEqual(
    many.map((mail) => names(mail, 'a')),
    many.map((mail) => names(mail, 'b')),
  )
})

test('pseudonyms without a secret are an error that says what to do', () => {
  assert.throws(() => redact('', everyKind('pseudonym')), UsageError)
})

test('redacting a second time changes nothing, whatever stands side by side', () => {
  const piece = fc.oneof(
    fc.constantFrom(...SET.map(({ text }) => text)),
    fc.constantFrom(...SET.flatMap(({ text, spans }) => spans.map(({ start, end }) => text.slice(start, end)))),
    fc.constantFrom(
      '계좌',
      '국민은행',
      ' ',
      '-',
      ',',
      '\n',
      '카드번호',
      '연락처',
      '여권',
      '(',
      ')',
      '@',
      '1',
      '.',
      '\u200b',
    ),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      for (const policy of [defaultPersonalData, PSEUDONYMS]) {
        const once = redact(pieces.join(''), policy)
        const twice = redact(once.text, policy)
        assert.equal(twice.text, once.text)
        if (policy === defaultPersonalData) assert.deepEqual(twice.spans, [])
      }
    }),
    { numRuns: 2000 },
  )
})

test('a number that a text repeats without end is read once', () => {
  const traps = [
    '1',
    '010-',
    '계좌 1234567890, ',
    'a@',
    'a.b@',
    '211.3.4.5 ',
    '2001:',
    '공일',
    '900101-1234567 ',
    '\u200b1',
  ]
  for (const trap of traps) assert.ok(redact(trap.repeat(20_000), defaultPersonalData).text.length > 0)
})

test('what is found nowhere, is changed nowhere', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
      const { text: clean, spans } = redact(text, defaultPersonalData)
      if (spans.length === 0) assert.equal(clean, text)
    }),
  )
})
