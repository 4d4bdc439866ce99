/** The shape of made pages, and the words that fill their gaps. */

/** Parts of a page: `head` once, `body` several of them in any order, `tail` once. What is in braces is filled in from WORDS. */
export interface Style {
  readonly name: string
  readonly head: readonly string[]
  readonly body: readonly string[]
  readonly tail: readonly string[]
  readonly join: string
}

export const WORDS: Readonly<Record<string, readonly string[]>> = {
  city: [
    '강남',
    '분당',
    '수원',
    '부산 서면',
    '대구 동성로',
    '인천 부평',
    '천안',
    '청주',
    '일산',
    '제주',
    '울산 삼산',
    '창원 상남동',
    '송파',
    '동탄',
  ],
  brand: [
    '로얄',
    '킹덤',
    '비트',
    '골든',
    '에이스',
    '스타',
    '하이',
    '블루',
    '원탑',
    '제우스',
    '타이거',
    '챔피언',
    '마블',
    '레전드',
  ],
  code: ['AB77', 'vip2', 'king9', 'ZX10', 'ok88', 'win7', 'MT33'],
  id: ['happy7979', 'star_1004', 'king5588', 'love_2424', 'money365', 'bestman01'],
  phone: ['010-2345-6789', '010 9876 5432', '010.5555.1234', '070-4444-2211'],
  domain: ['royal-77.com', 'kingvip.net', 'abc-123.xyz', 'star88.top', 'goodmoney.co.kr', 'best-click.shop'],
  number: ['3', '5', '7', '10', '15', '20', '30', '50'],
  money: ['10만 원', '30만 원', '50만 원', '100만 원', '300만 원', '1000만 원'],
  game: ['바카라', '슬롯', '룰렛', '블랙잭', '홀덤', '파워볼'],
  sport: ['축구', '야구', '농구', '배구', 'e스포츠', '하키'],
}
