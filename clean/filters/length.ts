/** How long a text is: too short to be a document, or too long to be one. */
import type { Rule } from '../rule.ts'

/** For documents of the web. Dialogue and reviews want a smaller one: half of them are under 30 characters. */
export const minChars: Rule = {
  name: 'min_chars',
  measure: 'chars',
  side: 'least',
  threshold: 100,
  about: 'characters (code points) of the clean text',
  value: (text) => text.chars,
}

export const maxChars: Rule = {
  ...minChars,
  name: 'max_chars',
  side: 'most',
  threshold: 1_000_000,
}

/** Left to policy: min_chars says the same of eojeol, whose length varies little. */
export const minWords: Rule = {
  name: 'min_words',
  measure: 'words',
  side: 'least',
  threshold: null,
  about: 'words (eojeol) with a letter or digit',
  value: ({ words }) => words.withLetterOrDigit,
}
