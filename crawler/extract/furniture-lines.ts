/**
 * Lines that are furniture by what they say, wherever a template puts them: labels of buttons, of tools and of
 * advertisements, a date or a signature alone, the announcement of other pages. The words are those of the web at large,
 * English and Korean. What sentences at an article's head and tail say is cleaning's to judge.
 */

/** Longer lines (in Run.weight) are no labels. */
const LONGEST_LABEL = 200
const LONGEST_ANNOUNCEMENT = 120

const anyOf = (forms: readonly string[]): string => `(?:${forms.join('|')})`

const LABEL = new RegExp(
  `^${anyOf([
    // A slot that the template did not fill.
    String.raw`\$\$\w{1,30}\$\$|\{\{[^}]{1,60}\}\}|loading\.{0,3}`,
    'advertisement|ad|sponsored(?: content)?|ads by .{1,30}|광고',
    'share(?: this)?(?: (?:article|story|post|page))?:?|print|e-?mail|comments?|read more|click here.{0,40}',
    'sign up.{0,60}|subscribe.{0,60}|follow us.{0,60}|(?:continue reading|story continues|article continues).{0,30}',
    'related(?: (?:articles?|stories|posts?|content|links?|topics?))?:?',
    String.raw`(?:image|photo)(?: credit| source)?:.{0,100}|\(?(?:photo|image)s? by .{1,80}`,
    '(?:글자|글씨|폰트) ?크기.{0,20}|(?:기사|본문|음성|뉴스) ?(?:듣기|재생)|(?:이미지|사진) ?(?:확대|크게).{0,6}',
    '기사 ?(?:공유|저장|인쇄|추천|스크랩).{0,10}|공유(?:하기)?|인쇄(?:하기)?|스크랩|(?:URL|링크|주소) ?복사|메일 ?보내기',
    '(?:AI|인공지능) ?요약.{0,10}|(?:세|3) ?줄 ?요약|구독(?:하기)?|좋아요.{0,8}|댓글.{0,10}|더 ?보기|접기|펼치기|닫기',
    '관련 ?(?:기사|뉴스)',
  ])}$`,
  'i',
)

const DATELINE =
  /^(?:[가-힣]{2,6}|posted|published|updated|by)?[ :：]{0,3}(?:\d{4} ?[-./년] ?\d{1,2} ?[-./월] ?\d{1,2}(?!\d).{0,40}|[가-힣]{2,4} (?:선임|수습|전문|인턴)?기자(?: \S+@\S+)?)$/i

const ANNOUNCEMENT_KOREAN = anyOf([
  '(?:관련|추천|인기|주요|최신|연관) ?(?:기사|뉴스|글)',
  '많이 ?본|이 ?시각|댓글|다른 ?(?:기사|글)|더 ?보기|함께 ?(?:볼|읽을) ?(?:만한)?',
])
const ANNOUNCEMENT = new RegExp(
  `^${anyOf([
    'related|read (?:more|next|also)|more (?:from|on|in|stories|news)|recommended|see also|also read',
    'you (?:may|might) (?:also )?(?:like|be)|most (?:read|popular|viewed)|trending|popular|latest|recent',
    'comments?|leave a (?:reply|comment)|join the|share this|about the author',
    ANNOUNCEMENT_KOREAN,
  ])}`,
  'i',
)
/** A first line such as [관련기사]; the links may follow in the same run. */
const BRACKETED_ANNOUNCEMENT = new RegExp(String.raw`^[[<【〈(▶▷■◆☞◇] ?${ANNOUNCEMENT_KOREAN}[^\n]{0,12}(?:\n|$)`)

/** Whether a whole line is the label of something. `weight` is its Run.weight, here and below. */
export function isLabel(text: string, weight: number): boolean {
  return weight < LONGEST_LABEL && LABEL.test(text)
}

/** Whether a line only says when, or who. */
export function isDateline(text: string, weight: number): boolean {
  return weight <= LONGEST_ANNOUNCEMENT && DATELINE.test(text)
}

/** Whether a line announces other pages; a paragraph does so only by its brackets. */
export function announcesOthers(text: string, weight: number, isParagraph: boolean): boolean {
  return BRACKETED_ANNOUNCEMENT.test(text) || (!isParagraph && weight < LONGEST_ANNOUNCEMENT && ANNOUNCEMENT.test(text))
}
