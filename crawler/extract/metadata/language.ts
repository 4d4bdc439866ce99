/**
 * The language of a page: what it declares, checked against the script of its text, since templates copy the
 * declaration. Telling languages of one script apart is cleaning's.
 */

const LEAST_HANGUL = 0.3
/** So few letters say nothing against a declared language. */
const FEW_LETTERS = 20
const LEAST_HANGUL_OF_KOREAN = 0.02

/** BCP 47 primary subtag of a declared language such as `ko-KR` or `ko_KR`, unless the letters contradict it. */
export function langOf(declared: string | null, text: string): string | null {
  const subtag =
    declared
      ?.trim()
      .match(/^[A-Za-z]{2,3}(?=$|[-_])/)?.[0]
      .toLowerCase() ?? null
  const written = text.replace(/\P{L}+/gu, '')
  const letters = written.length
  const hangul = written.replace(/[^\u1100-\u11ff\u3130-\u318f\uac00-\ud7a3]+/g, '').length
  if (letters < FEW_LETTERS && subtag !== null) return subtag
  if (hangul > 0 && hangul >= letters * LEAST_HANGUL) return 'ko'
  // Korean is written with Hangul: a page with next to none is something else, whatever its template says.
  return subtag === 'ko' && hangul < letters * LEAST_HANGUL_OF_KOREAN ? null : subtag
}
