/**
 * Whether a text matches a query: the definition that the index only hurries. A piece matches wherever its characters
 * stand one after the other, within a longer word too, whatever their case; white space in it matches any white space.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Query } from './query.ts'

/** What a query is asked of. */
export interface Matchable {
  /** As the version holds it. */
  readonly text: string
  readonly source: string
  readonly licence: string
  readonly lang: string | null
  /** YYYY-MM-DD */
  readonly day: string
  readonly title: string | null
}

export type Matcher = (document: Matchable) => boolean

const SPACE = /\s+/g
const SYNTAX = /[\\^$.*+?()[\]{}|/]/g

/** Finds a piece in a text, all occurrences that do not overlap. */
export function patternOf(piece: string): RegExp {
  return new RegExp(piece.replace(SYNTAX, '\\$&').replace(SPACE, '\\s+'), 'giu')
}

export function createMatcher(query: Query): Matcher {
  switch (query.kind) {
    case 'piece': {
      const pattern = patternOf(query.text)
      return ({ text }) => text.search(pattern) !== -1
    }
    case 'field':
      return fieldMatcher(query.field, query.value)
    case 'not': {
      const excluded = createMatcher(query.of)
      return (document) => !excluded(document)
    }
    default: {
      const each = query.of.map(createMatcher)
      return query.kind === 'and'
        ? (document) => each.every((matches) => matches(document))
        : (document) => each.some((matches) => matches(document))
    }
  }
}

function fieldMatcher(field: Extract<Query, { kind: 'field' }>['field'], value: string): Matcher {
  const small = value.toLowerCase()
  switch (field) {
    case 'source':
      return ({ source }) => source === value
    case 'licence':
      return ({ licence }) => licence.toLowerCase() === small
    case 'lang':
      return ({ lang }) => lang?.toLowerCase() === small
    case 'since':
      return ({ day }) => day >= value
    case 'until':
      return ({ day }) => day <= value
    case 'title': {
      const pattern = patternOf(value)
      return ({ title }) => title !== null && title.search(pattern) !== -1
    }
  }
}

/** Expressions for what a query is asked of, in the statement that `matchesSql` becomes a part of. */
export type MatchableSql = { readonly [name in keyof Matchable]: RawBuilder<unknown> }

/**
 * The same as a condition in SQL. Case beyond ASCII is folded as the database's locale has it; in the embedded one as Unicode
 * has it, but for letters that change their number.
 */
export function matchesSql(query: Query, of: MatchableSql): RawBuilder<boolean> {
  switch (query.kind) {
    case 'piece':
      return pieceSql(query.text, of.text)
    case 'field':
      return fieldSql(query.field, query.value, of)
    case 'not':
      return sql<boolean>`not (${matchesSql(query.of, of)})`
    default: {
      const each = query.of.map((one) => sql`(${matchesSql(one, of)})`)
      return sql<boolean>`${sql.join(each, query.kind === 'and' ? sql` and ` : sql` or `)}`
    }
  }
}

function fieldSql(
  field: Extract<Query, { kind: 'field' }>['field'],
  value: string,
  of: MatchableSql,
): RawBuilder<boolean> {
  switch (field) {
    case 'source':
      return sql<boolean>`${of.source} = ${value}`
    case 'licence':
      return sql<boolean>`lower(${of.licence}) = ${value.toLowerCase()}`
    case 'lang':
      return sql<boolean>`coalesce(lower(${of.lang}) = ${value.toLowerCase()}, false)`
    case 'since':
      return sql<boolean>`${of.day} >= ${value}::date`
    case 'until':
      return sql<boolean>`${of.day} <= ${value}::date`
    case 'title':
      return sql<boolean>`coalesce(${pieceSql(value, of.title)}, false)`
  }
}

/** Where nothing has case and nothing may vary, PostgreSQL looks for the bytes, which is the faster. */
function pieceSql(piece: string, text: RawBuilder<unknown>): RawBuilder<boolean> {
  if (!/[\p{Cased}\s]/u.test(piece)) return sql<boolean>`position(${piece} in ${text}) > 0`
  const pattern = piece.replace(SYNTAX, '\\$&').replace(SPACE, '[[:space:]]+')
  return sql<boolean>`${text} ~* ${pattern}`
}

/**
 * What of a query its fields alone decide, as a condition that all matches meet: with it documents are left out before
 * their texts are read.
 */
export function fieldsSql(query: Query, of: Omit<MatchableSql, 'text' | 'title'>): RawBuilder<boolean> {
  return necessarySql(query, { ...of, text: sql`null`, title: sql`null` }, true) ?? sql<boolean>`true`
}

/** Null: nothing can be said. `wanted` is false below a NOT. */
function necessarySql(query: Query, of: MatchableSql, wanted: boolean): RawBuilder<boolean> | null {
  switch (query.kind) {
    case 'piece':
      return null
    case 'field': {
      if (query.field === 'title') return null
      const condition = fieldSql(query.field, query.value, of)
      return wanted ? condition : sql<boolean>`not (${condition})`
    }
    case 'not':
      return necessarySql(query.of, of, !wanted)
    default: {
      const each = query.of.map((one) => necessarySql(one, of, wanted))
      const known = each.filter((one) => one !== null).map((one) => sql`(${one})`)
      // Not (a and b) is: not a, or not b.
      if ((query.kind === 'and') === wanted)
        return known.length > 0 ? sql<boolean>`${sql.join(known, sql` and `)}` : null
      return known.length === each.length ? sql<boolean>`${sql.join(known, sql` or `)}` : null
    }
  }
}
