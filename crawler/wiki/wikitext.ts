/**
 * Wikitext to the article's text, in the blocks that pages of the web are extracted to. Numbers and what templates show
 * are kept; footnotes, infoboxes, boxes of links and the sections that only list sources are not. Reads one page: what
 * other pages or templates hold is not looked up.
 */
import type { Block, BlockKind } from '../../pipeline/contract.ts'
import { textOf } from '../extract/blocks.ts'
import { weightOf } from '../extract/text.ts'
import { expand } from './expand.ts'
import { htmlToMarkup } from './html-tags.ts'
import { clean, isCode, oneLine, paragraphsOf } from './inline.ts'
import { MARK, restore, withoutMarks } from './marks.ts'
import { hideOpaque } from './opaque.ts'
import { beginsTable, readTable } from './tables.ts'

/** A block on the way; `level` is a heading's, 1 to 6. */
interface Draft extends Block {
  readonly level?: number
}

const REDIRECT = /^\s*#\s*(?:redirect|넘겨주기|пренасочване|виж|перенаправление|転送|リダイレクト|重定向)\s*:?\s*\[\[/i
/** Sections that list sources and links, by their heading's letters alone. */
const APPARATUS = new Set(
  (
    '각주|주석|출처|내용주|참조주|참조|참고|참고문헌|참고자료|참고서적|참고링크|외부링크|바깥고리|외부고리|같이보기|함께보기|관련항목|' +
    '관련문서|더읽을거리|더읽어보기|더보기|각주및참고문헌|인용및각주|각주와참고문헌|' +
    'references|notes|footnotes|citations|sources|bibliography|furtherreading|externallinks|externallink|seealso|' +
    'notesandreferences|referencesandnotes|workscited|generalreferences|' +
    'източници|бележки|външнипрепратки|вижтесъщо|литература'
  ).split('|'),
)

/**
 * The text of a page called `title` and its blocks; both empty for a redirect. Never throws, and takes time in
 * proportion to the length: no pass looks twice at what it has read, and brackets nested too deep are dropped.
 */
export function wikiText(wikitext: string, title: string): { text: string; blocks: readonly Block[] } {
  if (REDIRECT.test(wikitext)) return { text: '', blocks: [] }
  const whole = withoutMarks(wikitext).replace(/\r\n?/g, '\n')
  const drafts = draftsOf(htmlToMarkup(expand(hideOpaque(whole), withoutMarks(title))))
  const blocks = withoutApparatus(drafts).map(({ kind, text }): Block => ({ kind, text }))
  return { text: textOf(blocks), blocks }
}

function draftsOf(markup: string): readonly Draft[] {
  const drafts: Draft[] = []
  let open: { readonly kind: BlockKind; readonly lines: string[] } | null = null
  let quoted = false

  const add = (kind: BlockKind, text: string, level?: number): void => {
    if (text !== '') drafts.push(level === undefined ? { kind, text } : { kind, text, level })
  }
  const flush = (): void => {
    if (open === null) return
    const { kind, lines } = open
    open = null
    if (kind === 'list') add(kind, lines.map(oneLine).filter(Boolean).join('\n'))
    else if (kind === 'code') addPreformatted(lines)
    else for (const part of paragraphsOf(lines.join(' '))) add(isCode(part) ? 'code' : kind, clean(part))
  }
  const addPreformatted = (lines: readonly string[]): void => {
    const text = lines
      .map((line) => clean(line.slice(1), false))
      .join('\n')
      .replace(/^\n+/, '')
      .trimEnd()
    // As in extract/runs.ts: where most letters are wide, somebody set prose off from the margin.
    if (weightOf(text) > text.length * 1.4) add('paragraph', text.trim())
    else add('code', text)
  }
  const put = (kind: BlockKind, line: string): void => {
    if (open === null || open.kind !== kind) {
      flush()
      open = { kind, lines: [] }
    }
    open.lines.push(line)
  }

  const lines = markup.split('\n')
  for (let index = 0; index < lines.length; ) {
    const given = lines[index]!
    index += 1
    const line = withoutCaptions(given, (caption) => add('caption', oneLine(caption)))
    const heading = headingOf(line)
    if (beginsTable(line)) {
      flush()
      const table = readTable(lines, index - 1)
      if (!table.box) {
        add('caption', oneLine(table.caption))
        const rows = table.rows.map((row) => row.map(oneLine)).filter((row) => row.some((cell) => cell !== ''))
        add('table', rows.map((row) => row.join(' | ')).join('\n'))
      }
      index = table.next
      if (table.rest.trim() !== '') put('paragraph', table.rest)
    } else if (heading !== null) {
      flush()
      quoted = false
      drafts.push({ kind: 'heading', text: oneLine(heading.text), level: heading.level })
    } else if (line.startsWith(MARK.code)) {
      flush()
      add('code', restore(line.replace(/[\ufdd0-\ufdd9]/g, '')))
    } else if (line === MARK.quote || line === MARK.quoteEnd) {
      flush()
      quoted = line === MARK.quote
    } else if (/^[*#:;]/.test(line)) put('list', line.replace(/^[*#:;]+/, ''))
    else if (isBlank(line)) flush()
    else if (given.startsWith(' ') && !quoted) put('code', line)
    else put(quoted ? 'quote' : 'paragraph', line)
  }
  flush()
  return drafts
}

/** `== 역사 ==`; footnotes may follow the last sign. */
function headingOf(line: string): { level: number; text: string } | null {
  if (!line.startsWith('=')) return null
  const bare = line.replaceAll(MARK.dropped, '').trimEnd()
  const end = bare.length - 1
  let level = 0
  while (level < 6 && level < end - level && bare[level] === '=' && bare[end - level] === '=') level += 1
  return level === 0 ? null : { level, text: bare.slice(level, bare.length - level) }
}

/** Nothing to read: white space, a rule, the ends of a table whose beginning a template wrote, guesses alone. */
function isBlank(line: string): boolean {
  if (/^\s*(?:-{4,}\s*$|\|[-}])/.test(line)) return true
  return !/[^\s\ufdd0-\ufdd4]/.test(line.replace(/\ufdd1[^\ufdd1\ufdd2]*\ufdd2/g, ''))
}

function withoutCaptions(line: string, found: (caption: string) => void): string {
  if (!line.includes(MARK.caption)) return line
  return line.replace(/\ufdd3([^\ufdd3\ufdd4]*)\ufdd4[ \t]*/g, (_, caption: string) => {
    found(caption)
    return MARK.dropped
  })
}

/** Without sections that list sources, and without headings that nothing is left below. */
function withoutApparatus(drafts: readonly Draft[]): readonly Draft[] {
  const kept: Draft[] = []
  let leftOut = 0
  for (const draft of drafts) {
    const { level } = draft
    if (level !== undefined && (leftOut === 0 || level <= leftOut)) {
      const letters = draft.text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '')
      leftOut = APPARATUS.has(letters) ? level : 0
    }
    if (leftOut === 0) kept.push(draft)
  }
  return kept
    .reduceRight<Draft[]>((after, draft) => {
      const next = after.at(-1)
      const empty = next === undefined || (next.level !== undefined && next.level <= (draft.level ?? 0))
      if (draft.level === undefined || (!empty && draft.text !== '')) after.push(draft)
      return after
    }, [])
    .reverse()
}
