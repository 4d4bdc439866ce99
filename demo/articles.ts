/**
 * Reads the demo site's articles: small markdown files with front matter, written for this project.
 * Knows headings, paragraphs, lists and tables, which is all they use; how a page looks is templates.ts.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { FailedError } from '../pipeline/contract.ts'

export type Section = '소식' | '사전'

export type ArticleBlock =
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] }

export interface Article {
  readonly id: string
  readonly section: Section
  readonly title: string
  readonly author: string | null
  /** YYYY-MM-DD. */
  readonly published: string
  readonly tags: readonly string[]
  readonly blocks: readonly ArticleBlock[]
}

/** Where the articles lie, beside this module. */
export const articleFolder = new URL('./site/articles/', import.meta.url)

/** All articles of a folder, newest first (by id within a day). Throws FailedError naming a file it cannot read as one. */
export function readArticles(folder: URL = articleFolder): readonly Article[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => parseArticle(readFileSync(new URL(name, folder), 'utf8'), name))
    .sort((a, b) => compare(b.published, a.published) || compare(a.id, b.id))
}

/** One article of its markdown; `name` is the file, for the error. */
export function parseArticle(markdown: string, name: string): Article {
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(markdown)
  if (!parts) throw new FailedError(`${name} has no front matter`, 'begin the file with `---`, fields, `---`')
  const [, front = '', body = ''] = parts
  const fields = new Map(front.split('\n').map((line) => [line.split(':', 1)[0] ?? '', line.replace(/^[^:]*:\s*/, '')]))
  const field = (key: string): string => {
    const value = fields.get(key)
    if (!value) throw new FailedError(`${name} has no ${key} in its front matter`, `add a line \`${key}: …\``)
    return value
  }
  const section = field('section')
  if (section !== '소식' && section !== '사전')
    throw new FailedError(`${name} has section ${section}`, 'use 소식 or 사전')
  return {
    id: field('id'),
    section,
    title: field('title'),
    author: field('author') === 'null' ? null : field('author'),
    published: field('published'),
    tags: field('tags').split(/,\s*/),
    blocks: body
      .trim()
      .split(/\n{2,}/)
      .map(parseBlock),
  }
}

/** The first paragraph, cut to `length` code points: what lists and descriptions show. */
export function summary(article: Article, length: number): string {
  const first = article.blocks.find((block) => block.kind === 'paragraph')
  const text = [...(first?.text ?? '')]
  return text.length <= length ? text.join('') : `${text.slice(0, length).join('')}…`
}

function parseBlock(source: string): ArticleBlock {
  const lines = source.split('\n')
  if (source.startsWith('## ')) return { kind: 'heading', text: source.slice(3) }
  if (source.startsWith('- ')) return { kind: 'list', items: lines.map((line) => line.slice(2)) }
  if (source.startsWith('| ')) {
    const [head = [], , ...rows] = lines.map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
    return { kind: 'table', head, rows }
  }
  return { kind: 'paragraph', text: lines.join(' ') }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
