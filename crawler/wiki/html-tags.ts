/**
 * HTML in a wikitext to the wiki markup that means the same, so that the passes after it know one way to write a list
 * or a table; tags that only change how letters look are dropped. What is no tag of HTML is text and stays.
 */
import { MARK } from './marks.ts'

const around = (before: string, after: string): readonly [string, string] => [before, after]
const PLAIN = around('', '')
const BREAK = around(MARK.lineBreak, MARK.lineBreak)
const PARAGRAPH = around('\n\n', '\n\n')
const LINE = around('\n', '\n')

/** What a start and an end tag become. */
const TAGS: ReadonlyMap<string, readonly [string, string]> = new Map([
  ...(
    'b i u s em strong small big sub sup del ins strike tt kbd samp var cite q abbr dfn mark span font bdi bdo ruby rb rtc ' +
    'rp wbr data time label noinclude onlyinclude section thead tbody tfoot colgroup col ref references nowiki'
  )
    .split(' ')
    .map((name): [string, readonly [string, string]] => [name, PLAIN]),
  ...'p div center section article header footer poem gallery'
    .split(' ')
    .map((name): [string, readonly [string, string]] => [name, PARAGRAPH]),
  ...'ul ol dl'.split(' ').map((name): [string, readonly [string, string]] => [name, LINE]),
  ...[1, 2, 3, 4, 5, 6].map((level): [string, readonly [string, string]] => [
    `h${level}`,
    around(`\n${'='.repeat(level)}`, `${'='.repeat(level)}\n`),
  ]),
  ['br', BREAK],
  ['hr', LINE],
  ['li', around('\n* ', '')],
  ['dt', around('\n; ', '')],
  ['dd', around('\n: ', '')],
  ['code', around(MARK.inlineCode, MARK.inlineCode)],
  ['blockquote', around(`\n${MARK.quote}\n`, `\n${MARK.quoteEnd}\n`)],
  ['table', around('\n{|\n', '\n|}\n')],
  ['caption', around('\n|+ ', '')],
  ['tr', around('\n|-\n', '')],
  ['td', around('\n| ', '')],
  ['th', around('\n! ', '')],
])
const RUBY_TEXT = around('(', ')')

/** Linear in the text's length. */
export function htmlToMarkup(text: string): string {
  // Where the page gives parentheses for readers without ruby, they are enough.
  const rubyText = /<rp[\s>]/i.test(text) ? PLAIN : RUBY_TEXT
  return text
    .replace(
      /<(\/?)([a-z][a-z0-9]{0,15})(?:[\s/][^<>]{0,1000})?>([ \t]*)/gi,
      (tag, slash: string, given: string, space: string) => {
        const name = given.toLowerCase()
        const becomes = name === 'rt' ? rubyText : TAGS.get(name)
        if (becomes === undefined) return tag
        const markup = slash === '' ? becomes[0] : becomes[1]
        // Space after a tag that begins a line would make the line a preformatted one.
        return markup.endsWith('\n') ? markup : markup + space
      },
    )
    .replace(/<\/?ref\b[^<>\n]{0,200}/gi, '')
}
