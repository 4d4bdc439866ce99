/**
 * Templates by name that leave no text: citations, footnotes, infoboxes, navigation, maintenance, icons. Names are those
 * of the Korean and the English Wikipedia, in lower case. templates.ts asks here after the templates it knows.
 */

/** Whole names, and names that begin so and go on with a space or a number. */
const BEGINNINGS = `
  cite citation vcite harv harvp harvnb harvtxt sfn sfnp sfnm sfnref efn refn ref r rp reflist references notelist note
  notetag notefoot refbegin refend wikicite retrieved webarchive isbn-link doi pmid oclc
  각주 주석 주 주하단 주태그 내용주 참조주 원본 보존 아카이브
  infobox taxobox speciesbox chembox drugbox geobox automatic|taxobox 정보상자 생물|분류 분류군
  main see|also further further|information details about for distinguish hatnote other|uses other|people redirect
  redirect-distinguish self|reference broader more|citations
  본문 참고 참조 상세 상세|내용 주|문서 더|보기 더보기 다른|뜻 다른뜻 다른|뜻|넘어옴 동음이의 구별 구별|필요 넘겨주기 같이|보기 이|문서는
  citation|needed cn fact dubious who when where which what why clarify by|whom according|to|whom page|needed
  unreferenced refimprove multiple|issues original|research vague better|source failed|verification verify peacock weasel
  update outdated expand cleanup copyedit pov globalize disputed lead|too|short use|dmy|dates use|mdy|dates
  use|british|english use|american|english short|description pp pp-move pp-protected pp-semi good|article featured|article
  italic|title displaytitle defaultsort lowercase|title lowercase engvarb dead|link bare|url
  출처 토막글 정리 번역 번역된|문서 중립 편집 확장 삭제 삭제|신청 알찬|글 좋은|글 보호 보호|문서 빠른|삭제 공사중 기본정렬 제목|표시 표시|제목
  깨진|링크 죽은|링크 글머리 부분|토막글 미완성
  navbox sidebar portal portal|bar commons commons|category commonscat wikiquote wikisource wiktionary wikinews
  sister|project|links authority|control succession|box s-start s-bef s-ttl s-aft s-end col-begin col-start col-break
  col-end col-2 col-3 div|col div|col|end colbegin colend clear clr - br toc toc|limit coord coor
  둘러보기 포털 위키공용 위키미디어|공용 위키공용분류 위키낱말사전 위키문헌 위키인용집 자매|프로젝트 전거|통제 위키데이터 위키데이터|속성|추적 틀|둘러보기
  목차 목차숨김 목차|숨김 다단|시작 다단|나눔 다단|끝 좌표 전체|둘러보기 자리|비우기
  flagicon flagicon|image flagdeco icon increase decrease steady increasenegative decreasepositive profit loss
  국기그림 국기|그림 국기아이콘 깃발 아이콘 증가 감소 상승 하락 보합 무변동 hs hid sort|key anchor 앵커 shy ntsh
  nowrap|begin nowrap|end wrap
`
  .trim()
  .split(/\s+/)
  .map((name) => name.replaceAll('|', ' '))

const BEGINNING = new Set(BEGINNINGS)
/** The Korean Wikipedia names its citations, infoboxes and notices by what they are, at the end. */
const ENDING =
  /(?: 인용| 정보| 정보상자|정보 상자|상자| 둘러보기| 내비게이션| 토막글|토막글|-stub| stub| infobox| navbox| sidebar| 필요| 분류)$/

/** Whether the template of this name leaves no text wherever it stands. `name` in lower case, words by one space. */
export function isApparatus(name: string): boolean {
  if (BEGINNING.has(name) || ENDING.test(name)) return true
  for (let end = name.lastIndexOf(' '); end > 0; end = name.lastIndexOf(' ', end - 1)) {
    if (BEGINNING.has(name.slice(0, end))) return true
  }
  return /^[\p{L}-]+\d+$/u.test(name) && BEGINNING.has(name.replace(/\d+$/, ''))
}
