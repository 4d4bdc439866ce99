/** What a search asks for, as a tree. How it is written is parse.ts's; what it means to a text, match.ts's. */

export const FIELDS = ['source', 'licence', 'lang', 'since', 'until', 'title'] as const
export type Field = (typeof FIELDS)[number]

export type Query =
  /** A piece of text, wherever it stands: a word, or what stood in quotation marks. */
  | { readonly kind: 'piece'; readonly text: string }
  | { readonly kind: 'field'; readonly field: Field; readonly value: string }
  | { readonly kind: 'not'; readonly of: Query }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Query[] }

/** The pieces that a hit may show: those that are not excluded. Each once. */
export function shownPieces(query: Query): readonly string[] {
  switch (query.kind) {
    case 'piece':
      return [query.text]
    case 'and':
    case 'or':
      return [...new Set(query.of.flatMap(shownPieces))]
    default:
      return []
  }
}

/** The values asked for of one field. */
export function fieldValues(query: Query, field: Field): readonly string[] {
  switch (query.kind) {
    case 'field':
      return query.field === field ? [query.value] : []
    case 'not':
      return fieldValues(query.of, field)
    case 'and':
    case 'or':
      return query.of.flatMap((each) => fieldValues(each, field))
    default:
      return []
  }
}
