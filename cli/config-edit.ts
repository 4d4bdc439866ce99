/**
 * Adds a source to the text of a malmoi.config.ts, whose other lines stay as a person wrote them. The text is parsed, not
 * searched: what is inserted stands at the end of the list `sources` of the config that is exported.
 */
import { stripTypeScriptTypes } from 'node:module'
import { type AnyNode, type ArrayExpression, type Expression, type Program, parse } from 'acorn'
import { UsageError } from '../pipeline/contract.ts'
import { CONFIG_FILE } from './config-fields.ts'

const LINE = 110

/** The text with one more source. @throws UsageError where the list cannot be found, with the lines to write by hand */
export function withSource(text: string, source: object): string {
  const list = sourcesOf(parseConfig(text))
  if (list === null) {
    throw new UsageError(
      `${CONFIG_FILE}: its list of sources is not written out there; add this to it by hand: ${literal(source, '')}`,
    )
  }
  const end = list.end - 1
  const last = list.elements.at(-1) ?? null
  const lineStart = text.lastIndexOf('\n', end) + 1
  const closing = /^[ \t]*/.exec(text.slice(lineStart, end))?.[0] ?? ''
  const indent = last === null ? `${closing}  ` : (indentOf(text, last.start) ?? `${closing}  `)
  const addition = literal(source, indent)
  if (last === null) return `${text.slice(0, list.start)}[\n${indent}${addition},\n${closing}]${text.slice(list.end)}`
  // A comment behind the last element stays with it.
  const comma = text.slice(last.end, end).trimStart().startsWith(',') ? '' : ','
  const between = text.slice(last.end, end)
  const tail = between.replace(/\s*$/, '')
  return `${text.slice(0, last.end)}${comma}${tail}\n${indent}${addition},\n${closing}${text.slice(end)}`
}

/** What stands before the first character of a line; null where something else does. */
function indentOf(text: string, at: number): string | null {
  const before = text.slice(text.lastIndexOf('\n', at - 1) + 1, at)
  return /^[ \t]*$/.test(before) ? before : null
}

function parseConfig(text: string): Program {
  const emit = process.emitWarning
  // Type stripping is marked experimental as a function, though Node runs on it; its notice is not for users.
  process.emitWarning = () => {}
  try {
    // Types become white space, so places stay what they are.
    return parse(stripTypeScriptTypes(text), { ecmaVersion: 'latest', sourceType: 'module' })
  } catch (cause) {
    throw new UsageError(`${CONFIG_FILE} cannot be read: ${cause instanceof Error ? cause.message : cause}`, { cause })
  } finally {
    process.emitWarning = emit
  }
}

/** The array of `sources` in what the module exports, through `defineConfig(…)` and a constant. */
function sourcesOf(program: Program): ArrayExpression | null {
  const constants = new Map<string, Expression>()
  for (const statement of program.body)
    if (statement.type === 'VariableDeclaration')
      for (const { id, init } of statement.declarations)
        if (id.type === 'Identifier' && init) constants.set(id.name, init)
  const exported = program.body.find((statement) => statement.type === 'ExportDefaultDeclaration')
  const resolve = (node: AnyNode | undefined): AnyNode | undefined => {
    if (node?.type === 'Identifier') return constants.get(node.name)
    return node?.type === 'CallExpression' ? resolve(node.arguments[0]) : node
  }
  const config = resolve(exported?.declaration)
  if (config?.type !== 'ObjectExpression') return null
  for (const property of config.properties) {
    if (property.type !== 'Property' || property.computed) continue
    const name =
      property.key.type === 'Identifier' ? property.key.name : 'value' in property.key ? property.key.value : ''
    const value = name === 'sources' ? resolve(property.value) : undefined
    if (value?.type === 'ArrayExpression') return value
  }
  return null
}

/** A value as a person would write it: on one line where it fits. */
function literal(value: unknown, indent: string): string {
  const flat = inline(value)
  if (indent.length + flat.length <= LINE || typeof value !== 'object' || value === null || Array.isArray(value))
    return flat
  const lines = Object.entries(value).map(([name, each]) => `${indent}  ${name}: ${inline(each)},`)
  return `{\n${lines.join('\n')}\n${indent}}`
}

function inline(value: unknown): string {
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n')}'`
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${name}: ${inline(each)}`)
    .join(', ')} }`
}
