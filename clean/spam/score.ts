/**
 * Whether a page sells gambling, sex or what else no corpus wants: how densely it speaks of it, times how much it
 * promotes, against how much it reports. News, encyclopedias and petitions speak of the same things as densely; what
 * they do not do is promote. Evidence over the whole page, never one word.
 */
import { ratio } from '../rule.ts'
import { createTermFinder } from '../terms.ts'
import { type Evidence, LEXICON, type Subject } from './lexicon.ts'

export interface SpamScores {
  /** Each 0 (nothing of it) to 1. */
  readonly gambling: number
  readonly adult: number
  /** All subjects together, and loans, medicines, forgeries, accounts, tips. */
  readonly spam: number
}

const finder = createTermFinder(LEXICON)

/** Where to turn to: the marks of an offer. Every repetition is bounded. */
const CONTACTS: readonly (readonly [weight: number, pattern: RegExp])[] = [
  [2, /(?<!\d)0\d{1,2}[-. )]{0,2}\d{3,4}[-. ]{0,2}\d{4}(?!\d)/g],
  [3, /(?:카톡|카카오톡|카카오|텔레그램|텔레|라인|위챗|톡)[ :;：=@([「아이디id]{1,8}[a-z0-9_]{4,20}/gi],
  [2, /(?:코드|추천인|쿠폰)[ :：=[(「]{1,4}[a-z0-9]{3,12}/gi],
  [1, /(?:https?:\/\/|www\.)[a-z0-9]/gi],
  [
    1,
    /[a-z0-9-]{2,30}\.(?:com|net|org|xyz|top|vip|bet|site|online|shop|club|win|me|kr|io|info|live|fun)(?![a-z0-9.-])/gi,
  ],
]

/** A page of fewer words (400 letters make a hundred) is weighed as one of so many, so that one word is not dense. */
const LEAST_HUNDREDS = 0.4
const LETTERS_IN_HUNDRED_WORDS = 400
/** A word of jargon in words about the subject, and in words that promote. */
const JARGON_AS_SUBJECT = 3
const JARGON_AS_PROMOTION = 1.5
/** Where the score is one half. */
const EVIDENCE_FOR_HALF = 5

/** Scores a text in its normal form; `letters` are its letters alone. */
export function spamScores(text: string, letters: Uint16Array): SpamScores {
  const found = finder.weigh(letters)
  const weightOf = (evidence: Evidence) => found.get(evidence) ?? 0
  const subjectOf = (subject: Subject) => weightOf(subject) + JARGON_AS_SUBJECT * weightOf(`${subject} jargon`)
  const [gambling, adult, trade] = [subjectOf('gambling'), subjectOf('adult'), subjectOf('trade')]
  if (gambling + adult + trade === 0) return { gambling: 0, adult: 0, spam: 0 }
  const jargon = weightOf('gambling jargon') + weightOf('adult jargon') + weightOf('trade jargon')
  const promotion = weightOf('promotion') + JARGON_AS_PROMOTION * jargon + contacts(text)
  const hundreds = Math.max(LEAST_HUNDREDS, letters.length / LETTERS_IN_HUNDRED_WORDS)
  const score = (subject: number) => combine(subject / hundreds, promotion / hundreds, weightOf('report') / hundreds)
  return { gambling: score(gambling), adult: score(adult), spam: score(gambling + adult + trade) }
}

/** Half the harmonic mean of subject and promotion, which wants both; drawn down as reporting outweighs promotion. */
function combine(subject: number, promotion: number, report: number): number {
  const offer = ratio(subject * promotion, subject + promotion)
  const evidence = offer * ratio(promotion, promotion + report)
  return evidence / (evidence + EVIDENCE_FOR_HALF)
}

function contacts(text: string): number {
  let sum = 0
  for (const [weight, pattern] of CONTACTS) for (const _ of text.matchAll(pattern)) sum += weight
  return sum
}
