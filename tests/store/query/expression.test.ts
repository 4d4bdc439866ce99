/** The language of --where: what is written is what is read, and whatever is wrong is shown where it is. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { UsageError } from '../../../pipeline/contract.ts'
import { COMPARISONS, type Expression, type Operand, parseExpression } from '../../../store/query/expression.ts'

const span = { start: 0, end: 0 }
const field = fc
  .constantFrom('title', 'hangul_ratio', 'top_2_gram_frac', '제목', '_x')
  .map((name): Operand => ({ kind: 'field', name, span }))
const number = fc
  .oneof(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }))
  .map((value): Operand => ({ kind: 'number', value: value === 0 ? 0 : value, span }))
const string = fc
  .string({ unit: 'binary' })
  .filter((value) => !value.includes('\0'))
  .map((value): Operand => ({ kind: 'string', value, span }))
const operand = fc.oneof(field, number, string)

const { tree } = fc.letrec<{ tree: Expression; inner: Expression }>((tie) => ({
  inner: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.record({
      kind: fc.constant('compare' as const),
      operator: fc.constantFrom(...COMPARISONS),
      left: operand,
      right: operand,
    }),
    fc.record({ kind: fc.constant('in' as const), operand, values: fc.array(operand, { minLength: 1, maxLength: 4 }) }),
    fc.record({ kind: fc.constant('like' as const), operand, pattern: operand }),
    fc.record({ kind: fc.constant('null' as const), operand }),
    fc.record({ kind: fc.constant('not' as const), term: tie('inner') }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      terms: fc.array(tie('inner'), { minLength: 2, maxLength: 3 }),
    }),
  ),
  tree: tie('inner'),
}))

function written(expression: Expression): string {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.map((term) => `(${written(term)})`).join(` ${expression.kind.toUpperCase()} `)
    case 'not':
      return `not (${written(expression.term)})`
    case 'null':
      return `${said(expression.operand)} is null`
    case 'compare':
      return `${said(expression.left)}${expression.operator}${said(expression.right)}`
    case 'in':
      return `${said(expression.operand)} in (${expression.values.map(said).join(', ')})`
    case 'like':
      return `${said(expression.operand)} like ${said(expression.pattern)}`
  }
}

function said(given: Operand): string {
  if (given.kind === 'field') return given.name
  return given.kind === 'number' ? String(given.value) : `'${given.value.replaceAll("'", "''")}'`
}

/** Without the places. */
function bare(expression: Expression): unknown {
  return JSON.parse(JSON.stringify(expression, (name, value) => (name === 'span' ? undefined : value)))
}

test('an expression that is written and read is the same expression', () => {
  fc.assert(
    fc.property(tree, (expression) => assert.deepEqual(bare(parseExpression(written(expression))), bare(expression))),
  )
})

test('whatever is given, it is read or refused with a reason', () => {
  const pieces = fc.constantFrom(
    '(',
    ')',
    ',',
    'and',
    'or',
    'not',
    'in',
    'is',
    'null',
    'like',
    '=',
    '<',
    '.9',
    "'",
    '"',
    ';',
    '--',
    '\\',
    'x',
    ' ',
  )
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(anything, (text) => {
      try {
        parseExpression(text)
      } catch (error) {
        assert.ok(error instanceof UsageError, `${error}`)
        assert.match(error.message, /^where: /)
      }
    }),
  )
})

test('not binds before and, and before or', () => {
  const nested = bare(parseExpression('not a = 1 and b = 2 or c = 3'))
  assert.deepEqual(nested, bare(parseExpression('((not (a = 1)) and (b = 2)) or (c = 3)')))
})

test('an error shows the place under the expression, past letters that take two columns', () => {
  const cases: readonly (readonly [string, RegExp, string])[] = [
    ['hangul_ratio >> .9', /expected a field, a number/, '              ^'],
    ["section = '사회' und a = 1", /expected `and`, `or`/, '           \u3000\u3000  ^^^'],
    ["title = 'open", /not closed/, '        ^'],
    ['lang = "ko"', /single quotes/, '       ^'],
    ['day > 2026-11-01', /expected `and`, `or`/, '          ^^^'],
    ['a = 1e999', /too large/, '    ^^^^^'],
    ['a = 1 and', /expected a field/, '         ^'],
    ['a not 1', /expected `in` or `like`/, '      ^'],
    ['a = 1; drop table member', /what is ;\?/, '     ^'],
    ['', /missing/, '^'],
  ]
  for (const [text, reason, marks] of cases)
    assert.throws(
      () => parseExpression(text),
      (error) => {
        assert.ok(error instanceof UsageError)
        assert.match(error.message, reason)
        assert.equal(error.message.split('\n').at(-1), `  ${marks}`)
        return true
      },
      text,
    )
})

test('more parentheses than a person writes are refused, not followed to the end of the stack', () => {
  assert.throws(() => parseExpression(`${'('.repeat(9_000)}a = 1`), UsageError)
  assert.throws(() => parseExpression('not '.repeat(4_900)), UsageError)
  assert.throws(() => parseExpression('a = 1 and '.repeat(10_000)), /letters are more/)
})
