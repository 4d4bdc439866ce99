/**
 * What a [[link]] shows: its text, an image's caption, or nothing. Knows no wiki's own list of namespaces: the names are
 * those of the larger Wikipedias.
 */
import { MARK } from './marks.ts'

const words = (list: string): ReadonlySet<string> => new Set(list.split('|'))
const FILES = words(
  'file|image|media|파일|그림|미디어|файл|картинка|ファイル|画像|文件|档案|datei|bild|fichier|archivo|imagen|ficheiro|plik|bestand',
)
const CATEGORIES = words(
  '분류|category|категория|カテゴリ|分类|分類|kategorie|catégorie|categoría|categoria|kategoria|categorie',
)
/** Image options by which a caption is shown below the image; without one it is only a tooltip. */
const FRAMED = words(
  'thumb|thumbnail|frame|framed|섬네일|썸네일|축소판|프레임|мини|миниатюра|サムネイル|フレーム|缩略图|縮圖|miniatur|vignette|miniaturadeimagen',
)
const OPTION =
  /^(?:\d*x?\d+ *(?:px|픽셀|пкс)|(?:alt|link|upright|page|lang|class|대체글|링크|위로|쪽|언어) *=.*|left|right|center|centre|none|border|frameless|upright|baseline|middle|sub|super|top|text-top|bottom|text-bottom|왼쪽|오른쪽|가운데|중앙|없음|테두리|프레임없음|вляво|вдясно|център|ляво|дясно)$/i
/** Prefixes of two or three letters that are projects, where all others are languages. */
const PROJECTS = words('mw|voy|wmf|rfc|doi')
const LANGUAGE = /^(?:[a-z]{2,3}(?:-[a-z]{2,10}){0,2}|simple)$/

/** `parts` are what stood between the pipes, already expanded. The text may hold marks. */
export function linkText(parts: readonly string[]): string {
  const target = (parts[0] ?? '').trim()
  const shown = parts.length > 1 ? parts.slice(1).join('|').trim() : null
  const colon = target.indexOf(':')
  if (colon === 0) return shown ?? target.slice(1)
  const prefix = colon < 0 ? '' : target.slice(0, colon).trim().toLowerCase()
  if (FILES.has(prefix)) return imageCaption(parts.slice(1))
  if (CATEGORIES.has(prefix)) return MARK.dropped
  // The same article in another language; it is listed beside the page and not shown in it.
  if (LANGUAGE.test(prefix) && !PROJECTS.has(prefix)) return MARK.dropped
  if (shown === '') return target.slice(colon + 1).replace(/ *\([^()]*\)$/, '')
  return shown ?? target.replaceAll('_', ' ')
}

function imageCaption(options: readonly string[]): string {
  const trimmed = options.map((option) => option.trim())
  if (!trimmed.some((option) => FRAMED.has(option.toLowerCase()))) return MARK.dropped
  const caption = trimmed.findLast((option) => !FRAMED.has(option.toLowerCase()) && !OPTION.test(option)) ?? ''
  const line = caption.replaceAll('\n', ' ')
  return line === '' ? MARK.dropped : `${MARK.caption}${line}${MARK.captionEnd}`
}
