/**
 * The language of searches. Words side by side are all wanted; OR between them, NOT or `-` before one, "a phrase",
 * parentheses, and `field:value`. NOT binds before AND, AND before OR. Everything else, quotation marks of SQL and its
 * semicolons too, is text to look for.
 */
import { UsageError } from '../../pipeline/contract.ts'
import { nearest } from '../nearest.ts'
import { FIELDS, type Field, type Query } from './query.ts'
import { lookupOf } from './terms.ts'

export const LONGEST_QUERY = 1_000
export const MOST_PIECES = 50

interface Token {
  readonly kind: 'piece' | 'field' | 'and' | 'or' | 'not' | 'open' | 'close' | 'end'
  /** Of a piece what is looked for, of a field its value. */
  readonly text: string
  readonly field: Field | null
  /** Where it stands in the query, in UTF-16 units. */
  readonly at: number
}

/** @throws UsageError that shows the place, where the query is no search or asks for no word. */
export function parseQuery(input: string): Query {
  if (input.length > LONGEST_QUERY)
    throw new UsageError(
      `the search has ${input.length.toLocaleString('en')} characters; it may have ${LONGEST_QUERY.toLocaleString('en')}: search for some of its words`,
    )
  const source = input.normalize('NFC').replaceAll(/\s/g, ' ')
  const tokens = tokenize(source)
  const pieces = tokens.filter(({ kind }) => kind === 'piece')
  const tooMany = pieces[MOST_PIECES]
  if (tooMany) throw fault(source, tooMany.at, `a search may have ${MOST_PIECES} words and phrases`)
  let position = 0
  const peek = (): Token => tokens[position] ?? { kind: 'end', text: '', field: null, at: source.length }

  function alternatives(): Query {
    const of: Query[] = []
    for (;;) {
      const { at } = peek()
      const branch = conjunction()
      if (!asksForWord(branch))
        throw fault(source, at, 'there is no word to look for here (a letter or a digit, not excluded)')
      of.push(branch)
      if (peek().kind !== 'or') break
      position++
    }
    return joined('or', of)
  }

  function conjunction(): Query {
    const of = [negation()]
    for (;;) {
      const { kind } = peek()
      if (kind === 'and') position++
      else if (kind === 'end' || kind === 'or' || kind === 'close') break
      of.push(negation())
    }
    return joined('and', of)
  }

  function negation(): Query {
    if (peek().kind !== 'not') return operand()
    position++
    return { kind: 'not', of: negation() }
  }

  function operand(): Query {
    const token = peek()
    position++
    if (token.kind === 'piece') return { kind: 'piece', text: token.text }
    if (token.kind === 'field' && token.field) return { kind: 'field', field: token.field, value: token.text }
    if (token.kind === 'open') return group(token)
    throw fault(source, token.at, `a word is missing ${token.kind === 'end' ? 'at the end' : 'here'}`)
  }

  function group(open: Token): Query {
    const inner = peek().kind === 'close' ? null : grouped()
    if (!inner) throw fault(source, open.at, 'there is nothing in these parentheses')
    if (peek().kind !== 'close') throw fault(source, open.at, 'this parenthesis is not closed')
    position++
    return inner
  }

  /** Inside of parentheses a branch without a word may be one that is excluded or narrows: it is judged outside. */
  function grouped(): Query {
    const of = [conjunction()]
    while (peek().kind === 'or') {
      position++
      of.push(conjunction())
    }
    return joined('or', of)
  }

  if (tokens.length === 0) throw new UsageError('there is nothing to search for: give a word, or a "phrase"')
  const query = alternatives()
  const rest = peek()
  if (rest.kind !== 'end') throw fault(source, rest.at, 'this parenthesis closes nothing')
  return query
}

const joined = (kind: 'and' | 'or', of: readonly Query[]): Query => (of.length === 1 && of[0] ? of[0] : { kind, of })

/** Whether only texts with some word can match: the index finds those, and no others. */
function asksForWord(query: Query): boolean {
  switch (query.kind) {
    case 'piece':
      return lookupOf(query.text) !== null
    case 'and':
      return query.of.some(asksForWord)
    case 'or':
      return query.of.every(asksForWord)
    default:
      return false
  }
}

const OPERATORS: Readonly<Record<string, 'and' | 'or' | 'not'>> = { AND: 'and', OR: 'or', NOT: 'not' }
const SIGNS: Readonly<Record<string, 'open' | 'close'>> = { '(': 'open', ')': 'close' }

function tokenize(source: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const rest = source.slice(at)
    const sign = SIGNS[source[at] ?? '']
    if (rest.startsWith(' ')) at++
    else if (sign) {
      tokens.push({ kind: sign, text: '', field: null, at })
      at++
    } else if (/^-[\p{L}\p{N}"(]/u.test(rest)) {
      tokens.push({ kind: 'not', text: '', field: null, at })
      at++
    } else {
      const token = operandAt(source, at)
      tokens.push(token)
      at = token.end
    }
  }
  return tokens
}

/** A word, a phrase, an operator or a field with its value. */
function operandAt(source: string, at: number): Token & { readonly end: number } {
  const name = /^([a-z]+):(?!\/)/.exec(source.slice(at))?.[1]
  const valued = name !== undefined && /[^ ()]/.test(source[at + name.length + 1] ?? ' ')
  if (name === undefined || (!valued && !FIELDS.some((field) => field === name))) {
    const { text, quoted, end } = valueAt(source, at)
    return { kind: quoted ? 'piece' : (OPERATORS[text] ?? 'piece'), text, field: null, at, end }
  }
  const field = fieldOf(source, at, name)
  if (!valued) throw fault(source, at, `${field}: takes a value, with no blank between`)
  const { text, end } = valueAt(source, at + name.length + 1)
  if ((field === 'since' || field === 'until') && !isDay(text))
    throw fault(source, at, `${field}: takes a day, YYYY-MM-DD`)
  return { kind: 'field', text, field, at, end }
}

/** A word up to the next blank or parenthesis, or what stands in quotation marks. */
function valueAt(
  source: string,
  at: number,
): { readonly text: string; readonly end: number; readonly quoted: boolean } {
  if (source[at] !== '"') {
    const text = /^[^\s()"]+/.exec(source.slice(at))?.[0] ?? ''
    return { text, end: at + text.length, quoted: false }
  }
  const end = source.indexOf('"', at + 1)
  if (end === -1) throw fault(source, at, 'this quotation mark is not closed')
  const text = source.slice(at + 1, end).trim()
  if (text === '') throw fault(source, at, 'there is nothing in these quotation marks')
  return { text, end: end + 1, quoted: true }
}

function fieldOf(source: string, at: number, name: string): Field {
  const field = FIELDS.find((each) => each === name)
  if (field) return field
  const near = nearest(name, FIELDS)
  const fields = near ? `did you mean ${near}:?` : `there is ${FIELDS.join(', ')}`
  throw fault(source, at, `there is no field ${name}: ${fields} (as text it is written in quotation marks)`)
}

function isDay(value: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value)
}

const SHOWN = 60

/** The query with a caret below the place; of a long one the part around it. */
function fault(source: string, at: number, problem: string): UsageError {
  const start = Math.max(0, Math.min(at - SHOWN / 2, source.length - SHOWN))
  const before = source.slice(start, at)
  const wide = before.match(/[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/g)?.length ?? 0
  return new UsageError(`${problem}\n  ${source.slice(start, start + SHOWN)}\n  ${' '.repeat(before.length + wide)}^`)
}
