/** An expression as SQL over the fields of a version: types checked, every number and string a parameter. */
import { type RawBuilder, sql } from 'kysely'
import { type Comparison, type Expression, expressionError, type Operand, parseExpression } from './expression.ts'
import { type Field, type Fields, unknownField } from './fields.ts'
import { isDay, momentOf } from './moments.ts'

export interface Condition {
  readonly sql: RawBuilder<boolean>
  /** What it compares. */
  readonly fields: readonly Field[]
}

const OPERATORS: Readonly<Record<Comparison, RawBuilder<unknown>>> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '<': sql`<`,
  '<=': sql`<=`,
  '>': sql`>`,
  '>=': sql`>=`,
}

/** Reads an expression over these fields. @throws UsageError that shows the place of what is wrong. */
export function conditionOf(text: string, fields: Fields): Condition {
  const used: Field[] = []
  const wrong = (operand: Operand, message: string) => expressionError(text, operand.span, message)

  const fieldOf = (operand: Operand, instead: string): Field => {
    if (operand.kind !== 'field') throw wrong(operand, instead)
    const field = fields.all.get(operand.name)
    if (!field) throw wrong(operand, unknownField(operand.name, fields))
    if (field.type === 'json') throw wrong(operand, `${field.name} is many values: compare one of them by its name`)
    used.push(field)
    return field
  }

  /** The operand as SQL, where it can be compared with this field. */
  const comparable = (operand: Operand, { name, type }: Field): RawBuilder<unknown> => {
    if (operand.kind === 'field') {
      const other = fieldOf(operand, '')
      if (other.type === type) return other.sql
      throw wrong(operand, `${name} is ${SAID[type]} and ${other.name} is ${SAID[other.type]}`)
    }
    const value = literal(operand, type)
    if (value === null) throw wrong(operand, `${name} is ${SAID[type]}: ${EXAMPLES[type]}`)
    return value
  }

  const compile = (expression: Expression): RawBuilder<boolean> => {
    switch (expression.kind) {
      case 'and':
      case 'or':
        return sql`(${sql.join(expression.terms.map(compile), expression.kind === 'and' ? sql` and ` : sql` or `)})`
      case 'not':
        return sql`(not ${compile(expression.term)})`
      case 'null':
        return sql`(${fieldOf(expression.operand, 'is null asks of a field').sql} is null)`
      case 'compare': {
        const { operator, left, right } = expression
        if (left.kind === 'field') {
          const field = fieldOf(left, '')
          return sql`(${field.sql} ${OPERATORS[operator]} ${comparable(right, field)})`
        }
        const field = fieldOf(right, 'one of the two must be a field')
        return sql`(${comparable(left, field)} ${OPERATORS[operator]} ${field.sql})`
      }
      case 'in': {
        const field = fieldOf(expression.operand, 'in asks of a field')
        return sql`(${field.sql} in (${sql.join(expression.values.map((value) => comparable(value, field)))}))`
      }
      case 'like': {
        const { operand, pattern } = expression
        const field = fieldOf(operand, 'like asks of a field')
        if (field.type !== 'text') throw wrong(operand, `${field.name} is ${SAID[field.type]}: like compares texts`)
        if (pattern.kind !== 'string') throw wrong(pattern, "like takes a 'string' with % and _")
        if (/(?<!\\)(\\\\)*\\$/.test(pattern.value))
          throw wrong(pattern, 'a pattern cannot end with a backslash: double it')
        return sql`(${field.sql} like ${pattern.value}::text)`
      }
    }
  }
  return { sql: compile(parseExpression(text)), fields: used }
}

const SAID = { text: 'a text', number: 'a number', date: 'a date', time: 'a time', json: 'many values' } as const
const EXAMPLES = {
  text: "write it as a 'string'",
  number: 'write 10 or .9',
  date: "write '2026-11-01'",
  time: "write '2026-11-01' or '2026-11-01T09:00+09:00'",
  json: '',
} as const

/** Null where the string is none of that type. */
function literal(operand: Exclude<Operand, { kind: 'field' }>, type: Field['type']): RawBuilder<unknown> | null {
  const { value } = operand
  if ((operand.kind === 'number') !== (type === 'number')) return null
  if (type === 'number') return sql`${value}::float8`
  if (type === 'text') return sql`${value}::text`
  if (type === 'date') return isDay(String(value)) ? sql`${value}::date` : null
  return momentOf(String(value), 'UTC')
}
