/**
 * The language of --where: comparisons of fields with numbers and strings, joined by and, or, not. Text to a tree with
 * places; which fields there are, and what of it is SQL, is condition.ts's.
 *
 *     hangul_ratio > .9 and (section = '사회' or section is null) and not source in ('a', 'b')
 */
import { UsageError } from '../../pipeline/contract.ts'

/** From `start` up to `end`, in UTF-16 units of the expression. */
export interface Span {
  readonly start: number
  readonly end: number
}

export type Operand =
  | { readonly kind: 'field'; readonly name: string; readonly span: Span }
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'string'; readonly value: string; readonly span: Span }

export const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof COMPARISONS)[number]

export type Expression =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly kind: 'not'; readonly term: Expression }
  | { readonly kind: 'compare'; readonly operator: Comparison; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly values: readonly Operand[] }
  | { readonly kind: 'like'; readonly operand: Operand; readonly pattern: Operand }
  | { readonly kind: 'null'; readonly operand: Operand }

interface Token extends Span {
  readonly kind: 'word' | 'number' | 'string' | 'symbol' | 'end'
  /** As written; of a string what it says. */
  readonly text: string
}

/** More would be no question that a person asks, and each string becomes a parameter of the query. */
const MOST_LETTERS = 20_000
const MOST_DEPTH = 100
const KEYWORDS: ReadonlySet<string> = new Set(['and', 'or', 'not', 'in', 'like', 'is', 'null'])
const TOKENS = new RegExp(
  [
    String.raw`(?<space>\s+)`,
    String.raw`(?<number>[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\p{L}\p{N}_.]))`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_.]*)`,
    `(?<string>'(?:[^']|'')*')`,
    `(?<symbol><=|>=|!=|<>|[=<>(),])`,
  ].join('|'),
  'uy',
)

/** Reads an expression. @throws UsageError that shows where it is wrong. */
export function parseExpression(text: string): Expression {
  if (text.length > MOST_LETTERS)
    throw new UsageError(`where: ${text.length} letters are more than an expression may have, ${MOST_LETTERS}`)
  const reader = createReader(text, tokensOf(text))
  if (reader.peek().kind === 'end') throw reader.wrong('an expression is missing')
  const expression = readOr(reader, 0)
  if (reader.peek().kind !== 'end') throw reader.wrong('expected `and`, `or` or the end')
  return expression
}

/** An error that shows the expression with what is wrong underlined. */
export function expressionError(text: string, { start, end }: Span, message: string): UsageError {
  const shown = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ')
  // A letter that takes two columns on a terminal is as wide as an ideographic space.
  const before = shown
    .slice(0, start)
    .replaceAll(/./gu, (letter) =>
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]/u.test(letter) ? '　' : ' ',
    )
  return new UsageError(`where: ${message}\n  ${shown}\n  ${before}${'^'.repeat(Math.max(1, end - start))}`)
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  TOKENS.lastIndex = 0
  for (let start = 0; start < text.length; ) {
    TOKENS.lastIndex = start
    const found = TOKENS.exec(text)
    if (!found) throw expressionError(text, { start, end: start + 1 }, complaintOf(text.slice(start)))
    const end = start + found[0].length
    const { space, number, word, string } = found.groups ?? {}
    if (number !== undefined && !Number.isFinite(Number(number)))
      throw expressionError(text, { start, end }, 'this number is too large')
    if (string?.includes('\0')) throw expressionError(text, { start, end }, 'no text holds the character U+0000')
    if (space === undefined) {
      const kind =
        number !== undefined ? 'number' : word !== undefined ? 'word' : string !== undefined ? 'string' : 'symbol'
      tokens.push({
        kind,
        text: string === undefined ? found[0] : string.slice(1, -1).replaceAll("''", "'"),
        start,
        end,
      })
    }
    start = end
  }
  return [...tokens, { kind: 'end', text: '', start: text.length, end: text.length }]
}

function complaintOf(rest: string): string {
  if (rest.startsWith("'")) return "this string is not closed: a quote in it is written ''"
  if (rest.startsWith('"')) return "strings stand in single quotes: 'ko'"
  if (/^[\d.+-]/.test(rest)) return 'this is no number: write 10, .9 or 1e6'
  return `what is ${rest.slice(0, 1)}? There are = != < <= > >= and, or, not, in (…), like, is null`
}

interface Reader {
  peek(): Token
  next(): Token
  /** Takes the next token where it is this keyword or symbol. */
  take(text: string): boolean
  wrong(message: string): UsageError
}

function createReader(text: string, tokens: readonly Token[]): Reader {
  let place = 0
  const peek = (): Token => tokens[place] ?? { kind: 'end', text: '', start: text.length, end: text.length }
  const next = () => {
    const token = peek()
    place++
    return token
  }
  return {
    peek,
    next,
    take(wanted) {
      const { kind, text: found } = peek()
      const same = kind === 'symbol' ? found === wanted : kind === 'word' && found.toLowerCase() === wanted
      if (same) next()
      return same
    },
    wrong: (message) => expressionError(text, peek(), message),
  }
}

function readOr(reader: Reader, depth: number): Expression {
  return readList(reader, 'or', () => readList(reader, 'and', () => readNot(reader, depth)))
}

function readList(reader: Reader, kind: 'and' | 'or', read: () => Expression): Expression {
  const first = read()
  const terms = [first]
  while (reader.take(kind)) terms.push(read())
  return terms.length === 1 ? first : { kind, terms }
}

function readNot(reader: Reader, depth: number): Expression {
  if (depth > MOST_DEPTH) throw reader.wrong(`more than ${MOST_DEPTH} parentheses and nots in each other`)
  if (reader.take('not')) return { kind: 'not', term: readNot(reader, depth + 1) }
  if (!reader.take('(')) return readComparison(reader)
  const inner = readOr(reader, depth + 1)
  if (!reader.take(')')) throw reader.wrong('expected `)`')
  return inner
}

function readComparison(reader: Reader): Expression {
  const operand = readOperand(reader)
  if (reader.take('is')) {
    const negated = reader.take('not')
    if (!reader.take('null')) throw reader.wrong('expected `null`')
    return negate(negated, { kind: 'null', operand })
  }
  const negated = reader.take('not')
  if (reader.take('in')) return negate(negated, { kind: 'in', operand, values: readValues(reader) })
  if (reader.take('like')) return negate(negated, { kind: 'like', operand, pattern: readOperand(reader) })
  if (negated) throw reader.wrong('expected `in` or `like`')
  const symbol = reader.peek().text === '<>' ? '!=' : reader.peek().text
  const operator = COMPARISONS.find((comparison) => comparison === symbol)
  if (!operator || reader.peek().kind !== 'symbol')
    throw reader.wrong('expected a comparison: = != < <= > >=, in (…), like, is null')
  reader.next()
  return { kind: 'compare', operator, left: operand, right: readOperand(reader) }
}

function negate(negated: boolean, term: Expression): Expression {
  return negated ? { kind: 'not', term } : term
}

function readValues(reader: Reader): readonly Operand[] {
  if (!reader.take('(')) throw reader.wrong('expected `(`')
  const values = [readOperand(reader)]
  while (reader.take(',')) values.push(readOperand(reader))
  if (!reader.take(')')) throw reader.wrong('expected `,` or `)`')
  return values
}

function readOperand(reader: Reader): Operand {
  const { kind, text, start, end } = reader.peek()
  const span = { start, end }
  const operand: Operand | null =
    kind === 'number'
      ? { kind, value: Number(text), span }
      : kind === 'string'
        ? { kind, value: text, span }
        : kind === 'word' && !KEYWORDS.has(text.toLowerCase())
          ? { kind: 'field', name: text, span }
          : null
  if (operand === null) throw reader.wrong("expected a field, a number or a 'string'")
  reader.next()
  return operand
}
