/** What a program asks, checked as a person's options are: a compiler does not see every caller. */
import { UsageError } from '../pipeline/contract.ts'
import { nearest } from '../store/nearest.ts'
import type { Filter } from '../store/query/selection.ts'
import type { DocumentsQuestion, FieldsQuestion } from './types.ts'

export type Question = DocumentsQuestion &
  FieldsQuestion<string> & { readonly order?: 'newest' | 'rank'; readonly before?: string }

const TEXTS = ['dataset', 'asOf', 'since', 'until', 'where', 'search', 'order', 'before'] as const
const LISTS = ['source', 'licence', 'lang', 'fields'] as const
const ALL: readonly string[] = [...TEXTS, ...LISTS, 'version', 'limit']

/** @throws UsageError on a property that says nothing, and on a value of another type */
export function checkQuestion(question: Question): void {
  for (const name of Object.keys(question)) {
    if (ALL.includes(name)) continue
    const near = nearest(name, ALL)
    throw new UsageError(`a question has no ${name}; ${near ? `did you mean ${near}?` : `it has ${ALL.join(', ')}`}`)
  }
  const isText = (value: unknown) => typeof value === 'string'
  for (const name of TEXTS)
    if (question[name] !== undefined && !isText(question[name])) throw new UsageError(`${name} has to be a string`)
  for (const name of LISTS) {
    const value: unknown = question[name]
    if (value === undefined || (name !== 'fields' && isText(value))) continue
    if (!Array.isArray(value) || !value.every(isText)) throw new UsageError(`${name} has to be a list of strings`)
  }
  const { version, limit, order } = question
  if (version !== undefined && !isText(version) && !(typeof version === 'number' && Number.isInteger(version)))
    throw new UsageError('version has to be a whole number or a string')
  if (limit !== undefined && !(Number.isInteger(limit) && limit >= 0))
    throw new UsageError('limit has to be a whole number')
  if (order !== undefined && order !== 'newest' && order !== 'rank')
    throw new UsageError(`order is newest or rank, not ${order}`)
}

export function filterOf({ source, since, until, licence, lang, where, search }: Question): Filter {
  return { sources: listed(source), since, until, licences: listed(licence), languages: listed(lang), where, search }
}

function listed(value: string | readonly string[] | undefined): readonly string[] | undefined {
  return typeof value === 'string' ? [value] : value
}
