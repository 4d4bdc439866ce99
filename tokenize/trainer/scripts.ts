/**
 * The script of a character, as SentencePiece's split_by_unicode_script sees it: a piece keeps to one script.
 * Kana count as Han; combining marks (Inherited) and the space mark go with any script; what has no script of its own is Common.
 */

import { FIRST_CLASS, JOINS, SPACE_MARK_CODE } from '../segments.ts'

/** Tried in this order; the first ones are what Korean text is made of. Scripts absent here are Common. */
const SCRIPTS = `Hangul Common Latin Han Hiragana Katakana Inherited Cyrillic Greek Arabic Hebrew Thai Devanagari
Adlam Ahom Anatolian_Hieroglyphs Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali Bhaiksuki Bopomofo Brahmi
Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian Chakma Cham Cherokee Coptic Cuneiform Cypriot
Deseret Duployan Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic Gothic Grantha Gujarati Gurmukhi Hanunoo
Hatran Imperial_Aramaic Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Kayah_Li Kharoshthi Khmer
Khojki Khudawadi Lao Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Malayalam Mandaic Manichaean Marchen
Masaram_Gondi Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani Myanmar
Nabataean New_Tai_Lue Newa Nko Nushu Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian Old_Permic Old_Persian
Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician
Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sora_Sompeng Soyombo
Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Tibetan
Tifinagh Tirhuta Ugaritic Vai Warang_Citi Yi Zanabazar_Square`.split(/\s+/u)

const PATTERNS = SCRIPTS.map((script) => ({ script, pattern: new RegExp(`\\p{Script=${script}}`, 'u') }))
const CLASSES = new Map(SCRIPTS.map((script, index) => [script, FIRST_CLASS + index]))
const KATAKANA_LONG_VOWEL = 0x30fc

/** JOINS for what goes with any script, otherwise a class number (see segments.ts), equal for equal scripts. */
export function scriptClass(codePoint: number): number {
  if (codePoint === SPACE_MARK_CODE) return JOINS
  const character = String.fromCodePoint(codePoint)
  const found = PATTERNS.find(({ pattern }) => pattern.test(character))?.script ?? 'Common'
  if (found === 'Inherited') return JOINS
  const kana = found === 'Hiragana' || found === 'Katakana' || codePoint === KATAKANA_LONG_VOWEL
  const known = CLASSES.get(kana ? 'Han' : found)
  if (known === undefined) throw new RangeError(`no class for script ${found}`)
  return known
}
