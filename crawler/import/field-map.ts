/**
 * From a row as a file has it to the fields of a record: paths (`user.name`, `turns[].text`) and templates
 * (`{speaker}: {text}`) of the config. Text in a list is joined by line breaks.
 */
import type { FieldMap } from '../../pipeline/crawl-contract.ts'
import { type Fields, isFields } from './record.ts'

const names = ['id', 'title', 'url', 'author', 'published', 'modified', 'section', 'lang', 'licence'] as const

/** The fields by their own names; those the map does not mention keep the row's. */
export function mapFields(row: Fields, map: FieldMap): Fields {
  const mapped: Record<string, unknown> = { ...row }
  for (const name of names) {
    const path = map[name]
    if (path !== undefined) mapped[name] = valueAt(row, path)
  }
  if (map.text !== undefined) mapped.text = textAt(row, map.text)
  // What is said of another corpus is taken where the map says so alone: many a row has a `source` of its own meaning.
  const { source, revision } = map
  mapped.origin =
    source === undefined && revision === undefined
      ? null
      : { source: source && valueAt(row, source), revision: revision && valueAt(row, revision) }
  return mapped
}

function textAt(row: Fields, rule: NonNullable<FieldMap['text']>): unknown {
  if (typeof rule === 'string') return valueAt(row, rule)
  const turns = find(row, rule.each)
  return turns.map((turn) => (isFields(turn) ? fill(turn, rule.as) : String(turn))).join('\n')
}

/** A template where it holds braces, else a path; null where nothing is there. */
function valueAt(row: Fields, rule: string): unknown {
  if (rule.includes('{')) return fill(row, rule)
  const found = find(row, rule)
  if (found.length === 0) return null
  return found.length === 1 ? found[0] : found.map(String).join('\n')
}

function fill(row: Fields, template: string): string {
  return template.replace(/\{([^{}]+)\}/g, (_, path: string) => {
    const value = valueAt(row, path.trim())
    return value === null || value === undefined ? '' : String(value)
  })
}

/** Every value at the end of a path; `[]` goes through a list. */
export function find(row: unknown, path: string): readonly unknown[] {
  let values: readonly unknown[] = [row]
  for (const step of path.split('.')) {
    const list = step.endsWith('[]')
    const name = list ? step.slice(0, -2) : step
    values = values.flatMap((value) => {
      const next = name === '' ? value : isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined
      if (next === undefined || next === null) return []
      return list || (Array.isArray(next) && step !== '') ? (Array.isArray(next) ? next : [next]) : [next]
    })
  }
  return values
}
