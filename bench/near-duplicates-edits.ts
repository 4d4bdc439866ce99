/** Seeded edits of real documents, as copies of a page differ in the wild. Each edit is a pure function of text and seed. */
import { randomNumbers } from './near-duplicates-texts.ts'

type Random = (below: number) => number
export type Edit = (text: string, seed: number) => string

const JOSA: readonly (readonly [string, string])[] = [
  ['은', '이'],
  ['는', '가'],
  ['을', '은'],
  ['를', '는'],
  ['에', '에서'],
  ['의', ''],
  ['로', '로는'],
]

const HEADS = [
  '[속보] ',
  '입력 2026-11-02 09:31 ',
  '(서울=가나통신) 홍길동 기자 = ',
  '본문 바로가기 목록 이전글 다음글 ',
]
const TAILS = [
  '\n\n무단 전재 및 재배포 금지',
  '\n\n기사제보 및 보도자료 문의',
  '\n\n댓글 12개 공유하기 인쇄하기',
  '\n\n(끝)',
]

/** Words with the white space that follows each, changed with a probability of one in `oneIn`. */
function eachWord(
  text: string,
  random: Random,
  oneIn: number,
  change: (word: string, space: string) => string,
): string {
  return text.replaceAll(/(\S+)(\s*)/g, (_, word: string, space: string) =>
    random(oneIn) === 0 ? change(word, space) : word + space,
  )
}

function changeJosa(word: string): string {
  const [from, to] = JOSA.find(([ending]) => word.length > ending.length && word.endsWith(ending)) ?? ['', '']
  return from === '' ? word : word.slice(0, -from.length) + to
}

const pick = <Item>(items: readonly Item[], random: Random): Item => items[random(items.length)]!

/** By name; the share of words that an edit touches is seeded too, from 1 in 8 to 1 in 100. */
export const edits: Readonly<Record<string, Edit>> = {
  'spaces merged': edit((text, random) => eachWord(text, random, 8 + random(30), (word) => word)),
  'spaces added': edit((text, random) =>
    eachWord(text, random, 8 + random(30), (word, space) => `${word.slice(0, 1)} ${word.slice(1)}${space}`),
  ),
  'josa changed': edit((text, random) =>
    eachWord(text, random, 8 + random(60), (word, space) => changeJosa(word) + space),
  ),
  'words replaced': edit((text, random) => {
    const words = text.split(/\s+/)
    return eachWord(text, random, 20 + random(80), (_, space) => pick(words, random) + space)
  }),
  'words left out': edit((text, random) => eachWord(text, random, 20 + random(80), () => '')),
  'head added': edit((text, random) => pick(HEADS, random) + text),
  'tail added': edit((text, random) => text + pick(TAILS, random)),
  'head and tail cut': edit((text, random) => text.slice(random(60), text.length - random(60))),
  'lines merged': edit((text, random) => text.replaceAll(/\n+/g, () => (random(2) === 0 ? ' ' : '\n'))),
  'a paragraph moved': edit((text, random) => {
    const parts = text.split(/\n+/)
    const [moved] = parts.splice(random(parts.length), 1)
    return [...parts, moved ?? ''].join('\n')
  }),
}

function edit(change: (text: string, random: Random) => string): Edit {
  return (text, seed) => change(text, randomNumbers(seed))
}
