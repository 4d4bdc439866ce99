/**
 * What a single line of a news article's head or tail is: byline, copyright line, appeal for tips, call to subscribe,
 * caption, date. Each pattern wants the whole line, or its very beginning or end; a line that ends as a sentence of the
 * article is none of these. Every repetition is bounded. Where such lines may stand is news.ts's.
 */

/** No line of boilerplate is longer; it also bounds what a pattern can be given to read. */
const LONGEST_LINE = 200

const NAME = '[가-힣]{2,4}'
const ROLE =
  '(?:(?:객원|선임|전문|인턴|수습|대학생|시민|사진|영상|의학전문|문화전문|경제전문)? ?기자|특파원|통신원|논설위원|앵커|아나운서|편집위원|PD)'
const EMAIL = '[\\w.+-]{1,40}@[\\w-]{1,30}(?:\\.[\\w-]{1,20}){1,3}'
const BYLINE = `(?:글|사진|글·사진|영상|취재|편집|정리)?[ =:·]{0,3}(?:[가-힣A-Za-z0-9]{1,12}[=·/ ]{1,3})?${NAME}(?:[·, ]{1,2}${NAME}){0,3} ?${ROLE}`
const MARK = '[▶▷►☞★☆■□◆◇●◎※▲△👉📢📌🔔\\-*·<\\[(【]'
/** What a link to something else begins with; bullets of lists are none. */
const LINK_MARK = '[▶▷►☞👉📢📌🔔]'

const wholeLine = (pattern: string) => new RegExp(`^(?:${pattern})$`, 'iu')

/** Lines that are boilerplate at the head of an article as at its tail. */
const ANYWHERE: readonly RegExp[] = [
  // 홍길동 기자 · [서울=뉴시스] 홍길동 기자 hong@example.com · hong@example.com
  wholeLine(
    `(?:[\\[(【<|/=] ?)?(?:[가-힣A-Za-z0-9 =·]{1,30}[\\])】=|] ?)?${BYLINE}[\\])】>]?(?:[ /|,=:(]{0,3}${EMAIL}\\)?)?[ =]{0,2}`,
  ),
  wholeLine(`(?:이메일|메일|e-?mail|문의)?[ :(<\\[]{0,3}${EMAIL}[)>\\]]?`),
  // 입력 2024.01.15 10:30 · 2024/01/15 10:30 송고 · 기사입력 : … 수정 : …
  wholeLine(
    '(?:(?:기사 ?)?(?:입력|수정|등록|승인|송고|최종 ?수정|업데이트)(?:일|일시|시간|날짜)?[ :]{0,3}\\d{4}[-./년 ]{1,2}\\d{1,2}[-./월 ]{1,2}\\d{1,2}[일.]?(?: ?\\(?[월화수목금토일]\\)?)?(?: ?(?:오전|오후)? ?\\d{1,2}:\\d{2}(?::\\d{2})?)?[ |,/]{0,3}){1,3}',
  ),
  wholeLine('\\d{4}[-./]\\d{1,2}[-./]\\d{1,2} \\d{1,2}:\\d{2} ?(?:송고|입력|등록|수정)'),
  // 사진=연합뉴스 · (사진 제공=홍길동) · [사진 출처: …] · 연합뉴스 자료사진
  wholeLine(
    '[(\\[【<▲/ ]{0,2}(?:자료 ?)?(?:사진|영상|이미지|그래픽|일러스트)(?: ?(?:제공|출처|자료))? ?[=:/|] ?[^=]{1,40}[)\\]】>]?',
  ),
  wholeLine('[(\\[【<]?[가-힣A-Za-z0-9 ]{1,15} (?:자료 ?사진|제공 사진|DB|포토)[)\\]】>]?'),
  // ▲ 회의에 참석한 대표. (사진=연합뉴스) · … [연합뉴스 자료사진]
  wholeLine(
    '.{0,150}[(\\[【<](?:자료 ?)?(?:사진|그래픽|이미지)(?: ?(?:제공|출처))? ?[=:/] ?[^()\\[\\]=]{1,30}[)\\]】>]',
  ),
  wholeLine('.{0,150}[(\\[【<][가-힣A-Za-z0-9 ]{1,15} (?:자료 ?사진|제공|캡처|캡쳐)[)\\]】>][. ]{0,2}'),
  wholeLine(
    '(?:기사 ?)?(?:공유|공유하기|스크랩|스크랩하기|인쇄|인쇄하기|프린트|글자 ?크기(?: ?(?:조절|변경|설정))?|폰트 ?크기|URL ?복사|링크 ?복사|본문 ?듣기|기사 ?듣기|SNS ?공유(?:하기)?|(?:페이스북|트위터|카카오톡|카카오스토리|네이버 ?(?:블로그|밴드)|밴드|이메일)(?:으로)? ?(?:공유|보내기|공유하기))',
  ),
]

const REACTION =
  '(?:좋아요|싫어요|훈훈해요|슬퍼요|화나요|후속기사 ?원해요|추천해요|응원해요|기대해요|댓글|추천|비추천|공감|공유)'
const CHANNEL =
  '(?:네이버|카카오톡?|카톡|다음|유튜브|구글|페이스북|트위터|인스타(?:그램)?|텔레그램|밴드|뉴스레터|포털|채널|홈페이지|앱|어플|YouTube|Facebook)'
const CALL =
  '(?:구독(?:하기|하세요|신청)?|채널 ?추가|친구 ?(?:추가|맺기)|팔로우|팬 ?되기|만나보세요|만나기|바로 ?가기|보러 ?가기|받아보세요|설정하기|메인에서 보기|추가하기|다운로드|클릭)'

/** Lines that are boilerplate at the tail alone. */
const TAIL: readonly RegExp[] = [
  // <저작권자ⓒ 연합뉴스, 무단 전재-재배포 금지> · Copyright ⓒ … All rights reserved.
  wholeLine(
    `[<\\[(【▶※* -]{0,4}(?:저작권자?|copyrights?|\\(c\\)|본 ?기사는|이 ?기사는) ?.{0,150}(?:금지(?:합니다|됩니다)?|reserved)[^가-힣]{0,30}`,
  ),
  wholeLine(`[<\\[(【▶※* -]{0,4}(?:저작권자?|copyrights?) ?[:(]? ?(?:ⓒ|©|\\(c\\)|c\\)).{0,120}`),
  wholeLine(
    '.{0,100}무단 ?(?:전재|복제|배포|사용|도용|전제)[ ,·/&ㆍ-]{0,3}(?:및|와|또는)? ?(?:AI ?학습(?: ?및 ?활용)?|재배포|배포|복제|전재|수집|이용)?.{0,20}금지(?:합니다|됩니다)?[.>\\])】 ]{0,4}',
  ),
  wholeLine(
    '[<\\[(【]?(?:ⓒ|©|copyright ?(?:ⓒ|©)?) ?.{1,80}(?:reserved|무단.{0,20}금지|\\.com|\\.kr|뉴스\\d?|일보|신문|방송)[.>\\])】]{0,3}',
  ),
  wholeLine('[\'"‘“<\\[]?.{0,80}all rights? reserved[.>\\])】]{0,3}'),
  // ▶ 제보하기 · 제보는 카카오톡 okjebo · [YTN은 여러분의 소중한 제보를 기다립니다] · 당신의 제보가 뉴스가 됩니다
  wholeLine(
    `${MARK}{0,3} ?(?:기사 ?|뉴스 ?|독자 ?|사건 ?)?(?:문의 ?및 ?)?제보(?:하기|는|전화|메일|문의| ?및 ?문의| ?[:=]).{0,80}`,
  ),
  wholeLine(
    '.{0,60}(?:여러분|당신|시청자|독자)[가-힣]{0,3} ?.{0,15}제보[를가] ?.{0,20}(?:기다립니다|됩니다|받습니다|만듭니다).{0,20}',
  ),
  wholeLine(
    `${MARK}{0,3} ?(?:\\[?(?:전화|메일|이메일|카카오톡|카톡|라인|유튜브|팩스|홈페이지|라인 앱)\\]? ?[:=]? ?.{0,20}(?:\\d{2,4}-\\d{3,4}-\\d{4}|@|검색|채널 ?추가|친구 ?추가).{0,40}){1,3}`,
  ),
  wholeLine('[(<\\[【-] ?끝 ?[)>\\]】-]\\.?'),
  // ▶ 네이버에서 OO일보 구독하기 · ☞ 카카오톡 채널 추가
  wholeLine(`${LINK_MARK}{1,3} ?.{0,80}${CHANNEL}.{0,50}${CALL}.{0,30}`),
  wholeLine(`${LINK_MARK}{1,3} ?.{0,80}${CALL}[!~.>\\])】 ]{0,4}`),
  wholeLine(
    `.{0,40}${CHANNEL}.{0,30}(?:구독하기|채널 ?추가|친구 ?추가|팔로우하기|구독 ?[&·,] ?좋아요)[!~.>\\])】 ]{0,4}`,
  ),
  wholeLine(
    `${REACTION}[ :]{0,2}\\d{1,6}|${REACTION}[ :]{0,2}\\d{0,6}(?:[ ,|·/]{1,3}${REACTION}[ :]{0,2}\\d{0,6}){1,6}`,
  ),
  wholeLine('(?:온라인|디지털|인터넷) ?(?:뉴스|콘텐츠|이슈)? ?(?:팀|부|편집부|뉴스팀|뉴스부)(?: 기자)?'),
]

/** What follows it, as long as it looks like titles, is a list of other articles. */
const RELATED = wholeLine(
  `${MARK}{0,3} ?(?:이 ?기사와 ?)?(?:관련 ?(?:기사|뉴스|글|콘텐츠)|많이 ?본 ?(?:기사|뉴스)|인기 ?(?:기사|뉴스)|주요 ?(?:기사|뉴스)|추천 ?(?:기사|뉴스)|함께 ?(?:볼만한|보면 ?좋은|읽을) ?(?:기사|뉴스)|다른 ?기사 ?보기|최신 ?(?:기사|뉴스)|랭킹 ?뉴스|핫 ?클릭|오늘의 ?(?:핫|주요) ?뉴스|이 ?시각 ?(?:주요|인기) ?뉴스)(?: ?(?:보기|더 ?보기|목록))?[:>\\])】 ]{0,3}`,
)

export type LineKind = 'boilerplate' | 'related' | 'text'

export function headLineKind(line: string): LineKind {
  return line.length <= LONGEST_LINE && ANYWHERE.some((pattern) => pattern.test(line)) ? 'boilerplate' : 'text'
}

export function tailLineKind(line: string): LineKind {
  if (line.length > LONGEST_LINE) return 'text'
  if (RELATED.test(line)) return 'related'
  return [...ANYWHERE, ...TAIL].some((pattern) => pattern.test(line)) ? 'boilerplate' : 'text'
}

/** (서울=연합뉴스) 홍길동 기자 = · [서울=뉴시스]홍길동 기자 = · [OSEN=홍길동 기자] · 【서울=뉴시스】 */
const DATELINE = new RegExp(
  `^(?:[(\\[【][가-힣A-Za-z0-9 ·,/]{1,20}[=·ㅣ|] ?[가-힣A-Za-z0-9 ]{1,20}[)\\]】] ?(?:${BYLINE} ?=? ?)?|[(\\[【][가-힣A-Za-z0-9 ]{1,15} ${NAME} ?${ROLE}[)\\]】] ?|${BYLINE} ?= ?)`,
  'u',
)
/** … 말했다. 홍길동 기자 hong@example.com · … 밝혔다. (끝) · … 전했다./홍길동 기자 */
const SIGNATURE = new RegExp(
  `(?:(?<=[.!?”"’'」)다]) ?(?:[/=|(\\[]? ?${BYLINE}[)\\]]?(?:[ /|,=(]{0,3}${EMAIL}\\)?)?|(?<=[^니]다[.]? )[(<\\[/]?${EMAIL}[)>\\]]?|[<(\\[]?(?:저작권자|ⓒ|©)[^.]{0,60}금지[>)\\]]?)|(?<=\\S) ?[(\\[<]끝[)\\]>])$`,
  'u',
)

/** A line without the place, agency and reporter at its beginning. */
export function withoutDateline(line: string): string {
  let rest = line
  while (true) {
    const found = DATELINE.exec(rest.slice(0, LONGEST_LINE))?.[0] ?? ''
    if (found === '' || found.length === rest.length) return rest
    rest = rest.slice(found.length)
  }
}

/** A line without the signatures at its end. */
export function withoutSignature(line: string): string {
  let rest = line
  while (true) {
    const from = Math.max(0, rest.length - LONGEST_LINE)
    const found = SIGNATURE.exec(rest.slice(from))
    if (!found || from + found.index === 0) return rest
    rest = rest.slice(0, from + found.index).trimEnd()
  }
}
