/** Paragraphs that several documents hold: the lowest-ranked document keeps them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type ParagraphDecision,
  paragraphOwners,
  paragraphsOf,
  type Removal,
  splitParagraphs,
  withoutParagraphs,
} from '../../dedupe/paragraphs.ts'

const rule = { leastLetters: 4, leastRemaining: 6 }

function decide(texts: readonly string[]): readonly ParagraphDecision[] {
  return texts.map(paragraphsOf).map(paragraphOwners(rule))
}

test('a later document loses the paragraph, whatever its white space, and keeps the rest', () => {
  const texts = ['첫째 문단이다\n\n둘째 문단이다', '새로운 글의 문단\n\n둘째\n문단이다\n\n끝']
  const [first, second] = decide(texts)
  assert.deepEqual(first, { kept: true, removed: [] })
  assert.deepEqual(second, { kept: true, removed: [{ paragraph: 1, owner: 0 }] })
  assert.equal(
    withoutParagraphs(
      texts[1]!,
      second!.removed.map(({ paragraph }) => paragraph),
    ),
    '새로운 글의 문단\n\n끝',
  )
})

test('a document of which too little would remain goes whole, names the owner of its longest repeat and owns nothing', () => {
  const decisions = decide([
    '가나다라\n\n서로다른글',
    '마바사아자차카타',
    '가나다라\n\n마바사아자차카타\n\n새문단임',
    '새문단임\n\n여덟글자되는글임',
  ])
  assert.deepEqual(decisions[2], {
    kept: false,
    owner: 1,
    removed: [
      { paragraph: 0, owner: 0 },
      { paragraph: 1, owner: 1 },
    ],
  })
  assert.deepEqual(decisions[3], { kept: true, removed: [] })
})

test('short paragraphs, repeats within one document and short documents without repeats stay', () => {
  assert.deepEqual(decide(['제목\n\n같은 문단\n\n같은 문단', '제목\n\n전혀 다른 문단이다', '짧다']), [
    { kept: true, removed: [] },
    { kept: true, removed: [] },
    { kept: true, removed: [] },
  ])
})

test('the decisions are those of the rule evaluated from nothing, for any texts', () => {
  const paragraph = fc.constantFrom('가나다라', '가나 다라', '마바사아자', '차카타파하거', '짧', '나너노누느니')
  const text = fc.array(paragraph, { maxLength: 5 }).map((parts) => parts.join('\n\n'))
  fc.assert(
    fc.property(fc.array(text, { maxLength: 12 }), (texts) => {
      assert.deepEqual(decide(texts), byRule(texts))
    }),
    { numRuns: 1000 },
  )
})

function byRule(texts: readonly string[]): readonly ParagraphDecision[] {
  const letters = texts.map((text) => splitParagraphs(text).map((part) => part.replaceAll(/\s/g, '')))
  const decisions: ParagraphDecision[] = []
  for (const parts of letters) {
    const holder = (part: string) =>
      part.length < rule.leastLetters
        ? -1
        : decisions.findIndex(({ kept }, other) => kept && letters[other]!.includes(part))
    const removed = parts.flatMap((part, paragraph): Removal[] => {
      const owner = holder(part)
      return owner < 0 ? [] : [{ paragraph, owner }]
    })
    const remaining = parts.filter((part) => holder(part) < 0).join('').length
    const lengthOf = ({ paragraph }: Removal) => parts[paragraph]!.length
    const longest = removed.find((one) => removed.every((other) => lengthOf(one) >= lengthOf(other)))
    decisions.push(
      longest && remaining < rule.leastRemaining
        ? { kept: false, owner: longest.owner, removed }
        : { kept: true, removed },
    )
  }
  return decisions
}

test('a text of blank lines has no paragraphs, and a long list has them all', () => {
  assert.deepEqual(splitParagraphs(' \n\n\t\n'), [])
  const { letters } = paragraphsOf('가나\n\n'.repeat(10_000))
  assert.equal(letters.length, 10_000)
})
