/**
 * What is printed beside an image: told by the element's name, by standing alone with an image in a box made for one
 * (Korean news sites use tables of an image over a line), or by the signs that mark a caption in Korean print.
 */
import type { Element } from './dom.ts'
import { textContent } from './text.ts'

/** A text longer than this beside an image is not its caption (lines, and Run.weight in all). */
export const MOST_CAPTION = { lines: 3, weight: 320 }

const words = (list: string): ReadonlySet<string> => new Set(list.trim().split(/\s+/))
const CAPTION = words('caption captions figcaption photocaption imagecaption imgcaption wpcaption cutline')
/** Elements whose names speak of the page's features ("with-captions"), not of what they hold. */
const WHOLE_PAGE = words('#root html body main article')
const IMAGE = '(?:photo|img|image|pic|picture|figure|thumb)s?'
/** img_desc, photoText, image-credit: in one word or two. */
const DESCRIPTION = new RegExp(`^${IMAGE}(?:desc|description|txt|text|cap|info|tit|title|credit|source|note|explain)$`)
const IMAGE_BOX = new RegExp(`^${IMAGE}(?:box|area|wrap|wrapper|view|frame|con|cont|group|table)?$`)

/** Whether the names of an element say that it holds a caption. */
export function isCaption(element: Element): boolean {
  if (element.name === 'figcaption') return true
  if (WHOLE_PAGE.has(element.name)) return false
  const said = element.names
  if (said.some((word) => CAPTION.has(word))) return true
  const described = said.some((word, i) => DESCRIPTION.test(word) || DESCRIPTION.test((said[i - 1] ?? '') + word))
  return (
    described && textContent(element, MOST_CAPTION.weight).length <= MOST_CAPTION.weight / 2 && !holdsImage(element)
  )
}

/** Whether an element is made to hold an image, so that a short text in it is the image's caption. */
export function isImageBox(element: Element): boolean {
  const { name } = element
  if (name === 'figure' || name === 'table') return true
  return !WHOLE_PAGE.has(name) && element.names.some((word) => IMAGE_BOX.test(word))
}

/** Looks no further than a caption's few elements. */
function holdsImage(element: Element): boolean {
  return element.children.some(
    (child) => typeof child !== 'string' && (child.name === 'img' || child.name === 'picture'),
  )
}

/** Signs by which a line under an image says that it is a caption: ▲, [사진], a credit at its end. */
const CAPTION_SIGN =
  /^(?:[▲△▴◀◁▶▷↑]|[[<(【]?(?:사진|그림|자료사진)[\])>】=:：/ ])|(?:[/([<=ㆍ· ](?:사진|그림|자료|이미지) ?(?:제공|출처)?|(?:사진|이미지) ?(?:제공|출처)) ?[=:：/ㅣ|][^\n]{1,30}$|[/([](?:사진|자료사진|이미지)[^\n]{0,20}[)\]]$|(?:ⓒ|©)[^\n]{1,30}$/

/** Whether a line that directly follows an image is its caption by what it says. `weight` is its Run.weight. */
export function readsAsCaption(text: string, weight: number): boolean {
  return weight <= MOST_CAPTION.weight && CAPTION_SIGN.test(text)
}
