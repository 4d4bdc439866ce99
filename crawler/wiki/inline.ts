/**
 * What is left of markup inside a block to plain text: bold and italic, addresses, entities, and the marks of the passes
 * before. Templates, links, HTML and the lines themselves are done with by then.
 */
import { decodeEntities } from './entities.ts'
import { MARK, restore } from './marks.ts'

/** Two line breaks end a paragraph, as in extract/runs.ts. */
export function paragraphsOf(text: string): readonly string[] {
  return text.split(/\ufdd8(?:[ \t]*\ufdd8)+/)
}

/** Whether nothing but one <code> is in it. */
export function isCode(text: string): boolean {
  return /^\s*\ufdd9[^\ufdd9]+\ufdd9\s*$/.test(text)
}

/** For headings, items of lists and cells of tables. */
export function oneLine(text: string): string {
  return clean(text.replaceAll(MARK.lineBreak, ' ')).replace(/\s+/g, ' ')
}

/**
 * Inline markup to text; white space stays as it is unless `collapsed`. Linear: every pattern ends where the next of its
 * kind begins.
 */
export function clean(markup: string, collapsed = true): string {
  const spaced = collapsed ? markup.replace(/[ \t\n\u00a0]+/g, ' ') : markup
  const plain = withoutTraces(spaced.replace(/[\ufdd1-\ufdd7\ufdd9]/g, ''))
    .replace(/\[(?:https?:|ftp:|mailto:|\/\/)[^\s[\]]*([^[\]]*)\]/gi, (_, shown: string) => shown.trim())
    .replace(/'{2,}/g, (run) => (run.length === 4 ? "'" : ''))
    .replace(/__[\p{L}]{2,30}__/gu, '')
    .replace(/~{3,5}/g, '')
    // What the passes before have put side by side; brackets that are meant are protected.
    .replace(/\[{2,}|\]{2,}|\{{2,}|\}{2,}/g, '')
  const text = decodeEntities(plain).replaceAll('\u00a0', ' ')
  const lines = text.replace(/ ?\ufdd8 ?/g, '\n')
  return collapsed ? restore(lines).replace(/ {2,}/g, ' ').trim() : restore(lines)
}

/** Takes away what a dropped footnote or template leaves behind: `( , 1990)`, a space before a full stop. */
function withoutTraces(text: string): string {
  if (!text.includes(MARK.dropped)) return text
  return text
    .replace(/\(([\ufdd0 ,;:·/]*)\)/g, (whole, inside: string) =>
      inside.includes(MARK.dropped) ? MARK.dropped : whole,
    )
    .replace(/\( ?\ufdd0[\ufdd0 ,;:·/]*/g, '(')
    .replace(/[,;:·]? ?\ufdd0[\ufdd0 ]*\)/g, ')')
    .replace(/ ?\ufdd0[\ufdd0 ]*(?=[.,;:!?。、])/g, '')
    .replace(/ \ufdd0[\ufdd0 ]*/g, ' ')
    .replaceAll(MARK.dropped, '')
}
