/**
 * A labelled set for telling Korean from the rest, of lines and pages: Korean of chat, reviews, news, manuals and of the
 * 1930s; English, French, Bulgarian, Japanese, Chinese and others, romanised Korean and code. Needs the shared data.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { cleanText } from '../../clean/clean.ts'
import { defaultCleaning } from '../../clean/rules.ts'
import { jsonLines, sharedFile } from '../support/shared-data.ts'

const LINES_A_SOURCE = 1500
const KOREAN_SOURCES = [
  'nsmc_reviews',
  'chatbot_dialog',
  'ud_gsd',
  'ud_kaist',
  'ud_pud',
  'news_sentences_park',
  'wikinews',
  'petitions',
  'react_docs_ko',
  'ms_sql_ko',
]
/** A line of a magazine may be a title in Hanja alone, which no script tells from Chinese; a longer one is a sentence. */
const LINE_OF_A_MAGAZINE = 40

/** Whether cleaning takes a text for Korean, by the default threshold. */
export function isKorean(text: string): boolean {
  const { measures } = cleanText(text, { ...defaultCleaning, rules: {}, boilerplate: false })
  return measures.language_score! >= defaultCleaning.rules.language_score!
}

export function koreanTexts(): readonly string[] {
  const pages = KOREAN_SOURCES.flatMap((name) => textsOf(name).slice(0, LINES_A_SOURCE))
  const magazines = textsOf('magazines_1920s_40s')
    .slice(0, 100)
    .flatMap((text) => text.split('\n'))
    .filter((line) => line.length >= LINE_OF_A_MAGAZINE)
    .slice(0, LINES_A_SOURCE)
  return [...pages, ...magazines].filter((text) => /\p{L}/u.test(text))
}

export function foreignTexts(): readonly string[] {
  const articles = jsonLines<{ readonly body: string; readonly lang: string }>(
    'html/article_extraction_benchmark/ground_truth.jsonl',
  ).filter(({ lang }) => lang !== 'ko')
  const parallel = ['jhe-koen-dev.en', 'korean-french-park-v1.train.fr', 'northkorean-english.dev.en'].flatMap((name) =>
    readFileSync(sharedFile(`eval/parallel/${name}`), 'utf8').split('\n'),
  )
  const bulgarian = execFileSync('bzcat', [sharedFile('wiki/bgwiki-shortened.xml.bz2')], { maxBuffer: 1 << 28 })
    .toString()
    .split('\n')
    .filter((line) => line.length > 60)
  const romanised = textsOf('ud_kaist').slice(0, 500).map(romanise)
  const code = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
  return [
    ...articles.flatMap(({ body }) => [body, ...body.split('\n')]),
    ...parallel,
    ...bulgarian,
    ...namesOfRegions(),
    ...romanised,
    ...code.filter((line) => !/[가-힣]/.test(line)),
  ].filter((text) => /\p{L}/u.test(text))
}

function textsOf(name: string): readonly string[] {
  return jsonLines<{ readonly text: string }>(`corpus/${name}.jsonl.zst`).map(({ text }) => text)
}

/** Names of countries in other languages: short texts of scripts that the data has no texts in. */
function namesOfRegions(): readonly string[] {
  const regions = [
    'KR',
    'JP',
    'CN',
    'US',
    'DE',
    'FR',
    'RU',
    'IN',
    'BR',
    'EG',
    'TH',
    'GR',
    'IL',
    'VN',
    'MX',
    'GB',
    'ZA',
    'CH',
    'SE',
    'NL',
  ]
  return ['ja', 'zh', 'zh-Hant', 'ru', 'ar', 'th', 'el', 'he', 'hi', 'de', 'vi', 'tr'].flatMap((locale) => {
    const names = new Intl.DisplayNames(locale, { type: 'region' })
    return regions.map((region) => names.of(region) ?? region)
  })
}

const INITIALS = 'g kk n d tt r m b pp s ss  j jj ch k t p h'.split(' ')
const VOWELS = 'a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i'.split(' ')
const FINALS = ' k k k n n n t l k m l l l p l m p p t t ng t t k t p t'.split(' ')

/** Revised Romanization, letter by letter (Korean ministry of culture, notice 2000-8). */
function romanise(text: string): string {
  return text.replace(/[가-힣]/g, (syllable) => {
    const index = syllable.charCodeAt(0) - 0xac00
    return `${INITIALS[Math.floor(index / 588)]}${VOWELS[Math.floor(index / 28) % 21]}${FINALS[index % 28]}`
  })
}
