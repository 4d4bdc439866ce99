/** Numbers and signs that look like personal data and are not, each sort in sentences of its own. */
import type { Random } from './random.ts'

const two = (n: number): string => String(n).padStart(2, '0')
const date = (r: Random, gap: string): string =>
  `${r.between(1980, 2026)}${gap}${two(r.between(1, 12))}${gap}${two(r.between(1, 28))}`
const commas = (n: number): string => String(n).replace(/\B(?=(?:\d{3})+$)/g, ',')
const hex = (r: Random, n: number): string => Array.from({ length: n }, () => r.below(16).toString(16)).join('')
const price = (r: Random): string => commas(r.between(1_000, 99_999) * 1000)
const business = (r: Random): string => `${r.between(101, 699)}-${two(r.between(1, 89))}-${r.digits(5)}`

/** ISBN-13 with its check digit, hyphenated as Korean publishers do. */
const isbn = (r: Random, gap: string): string => {
  const publisher = r.digits(3)
  const title = r.digits(4)
  const body = `97889${publisher}${title}`
  const sum = [...body].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0)
  return ['978', '89', publisher, title, String((10 - (sum % 10)) % 10)].join(gap)
}

type Maker = (random: Random) => string
export const NEAR_MISSES: Readonly<Record<string, readonly Maker[]>> = {
  date: [
    (r) => `공사는 ${date(r, '-')}부터 ${date(r, '-')}까지 이어진다.`,
    (r) => `작성일 ${date(r, '.')} ${two(r.below(24))}:${two(r.below(60))}:${two(r.below(60))}`,
    (r) => `${date(r, '. ')}. 조회 ${r.between(10, 9999)}`,
    (r) => `접수 ${date(r, '')} 처리 ${date(r, '')}`,
    (r) => `통장은 ${date(r, '-')}에 만들었고 그 뒤로 쓰지 않았다.`,
    (r) => `국민은행 ${date(r, '-')} 공시에 따르면 금리가 내렸다.`,
    (r) => `우리 ${r.between(2010, 2015)}-${r.between(2016, 2018)}-${r.between(2019, 2024)} 시즌 기록`,
    (r) => `계좌 개설일: ${date(r, '-')}-0${r.between(1, 9)} (${r.between(1, 9)}회차)`,
  ],
  time: [
    (r) => `영상 ${two(r.below(24))}:${two(r.below(60))}:${two(r.below(60))}.${r.digits(3)} 지점을 보세요.`,
    (r) => `상영 시간은 ${two(r.below(24))}:${two(r.below(60))}~${two(r.below(24))}:${two(r.below(60))}입니다.`,
  ],
  price: [
    (r) => `총 공사비는 ${price(r)}원으로 늘었다.`,
    (r) => `예산 ${r.between(1, 9)}0${r.digits(9)}원이 배정됐다.`,
    (r) => `은행에 ${price(r)}원을 입금했다고 한다.`,
    (r) => `가격: ${price(r)}원 (배송비 ${commas(r.between(2, 5) * 1000)}원 별도)`,
    (r) => `계좌에 ${r.between(1, 9)}${r.digits(10)}원이 찍혀 있었다.`,
  ],
  statute: [
    (r) => `법률 제${r.between(1000, 20000)}호 제${r.between(1, 200)}조의${r.between(2, 9)} 제${r.between(1, 9)}항`,
    (r) => `의안번호 ${r.between(1800000, 2299999)} 일부개정법률안`,
    (r) => `대법원 ${r.between(1990, 2024)}다${r.digits(5)} 판결, 2심 ${r.between(1990, 2024)}나${r.digits(4)}`,
    (r) => `국토교통부 고시 제${r.between(2000, 2025)}-${r.digits(4)}호`,
    (r) => `제${two(r.between(1, 60))}-${r.digits(4)}-${r.digits(4)}호로 등록되었다.`,
  ],
  isbn: [
    (r) => `ISBN ${isbn(r, '-')}`,
    (r) => `300쪽 | 18,000원 | ${isbn(r, '')}`,
    (r) => `ISBN-10: 01${r.between(6, 9)}${r.digits(7)}`,
    (r) => `ISBN ${r.between(10, 99)}-${r.digits(3)}-${r.digits(4)}-${r.below(10)}`,
    (r) => `(ISSN ${r.digits(4)}-${r.digits(4)})`,
  ],
  business: [
    (r) => `사업자등록번호 ${business(r)} 대표 김아무개`,
    (r) => `상호: 한빛상사 | 사업자 등록번호: ${business(r)}`,
    (r) => `법인등록번호: ${r.pick(['1101', '1301', '2001', '1201'])}11-${r.digits(7)}`,
    (r) => `㈜가람 (법인등록번호 ${r.pick(['1101', '1301'])}11-${r.between(1, 8)}${r.digits(6)})`,
    (r) => `통신판매업신고 제${r.between(2005, 2024)}-서울강남-${r.digits(5)}호`,
  ],
  public_line: [
    (r) => `고객센터 ${r.pick(['15', '16', '18'])}${r.digits(2)}-${r.digits(4)} (유료)`,
    (r) => `수신자 부담 080-${r.between(200, 999)}-${r.digits(4)}`,
    (r) => `신고는 국번 없이 ${r.pick(['112', '119', '1339', '1366', '110', '120'])}.`,
    (r) => `국민은행 대표 전화 1588-9999, 농협 ${r.pick(['1588-2100', '1661-3000'])}`,
    (r) => `은행 상담 080-${r.between(200, 999)}-${r.digits(4)}, 계좌 조회는 ARS로`,
  ],
  version: [
    (r) => `버전 ${r.between(1, 9)}.${r.below(20)}.${r.below(20)}.${r.below(200)}에서 고쳤습니다.`,
    (r) => `드라이버 ${r.between(1, 30)}.${r.below(30)}.${r.below(30)}.${r.below(30)} 이상이 필요하다.`,
    (r) => `v${r.between(1, 40)}.${r.below(90)}.${r.below(90)}.${r.below(90)} 릴리스`,
    (r) => `${r.between(1, 9)}.${r.between(1, 9)}.${r.between(1, 9)}.${r.between(1, 9)} 실험 방법`,
    (r) => `빌드 10.0.${r.between(10000, 22631)}.${r.between(1, 3000)}`,
    (r) => `react@${r.between(15, 19)}.${r.below(9)}.${r.below(9)} 을 설치하세요. @types/node@${r.between(16, 24)}.1.0`,
  ],
  coordinates: [
    (r) => `북위 37.${r.digits(6)}, 동경 126.${r.digits(6)}`,
    (r) => `좌표(35.${r.digits(7)}, 129.${r.digits(7)})에서 관측됐다.`,
    (r) => `원주율은 3.${r.digits(10)}… 이다. 0.01${r.digits(9)}`,
  ],
  score: [
    (r) => `최종 점수 ${r.between(60, 120)}-${r.between(60, 120)}, 세트 ${r.below(3)}-${r.below(3)}`,
    (r) => `전적 ${r.between(10, 90)}-${r.between(10, 90)}-${r.between(0, 9)}로 3위`,
    (r) => `세트 점수 25-${r.between(10, 23)}, 25-${r.between(10, 23)}, 22-25, 25-${r.between(10, 23)}`,
  ],
  order: [
    (r) => `주문번호 ${date(r, '')}-${r.digits(7)} 건은 내일 출고됩니다.`,
    (r) => `주문번호: 010-${r.between(2000, 9999)}-${r.digits(4)}`,
    (r) => `운송장번호 ${r.digits(4)}-${r.digits(4)}-${r.digits(4)}`,
    (r) => `송장번호 ${r.between(2, 6)}${r.digits(11)} 조회해 보세요.`,
    (r) => `민원 접수번호 1AA-${r.digits(4)}-${r.digits(6)}`,
    (r) => `상품번호 ${r.between(1, 9)}${r.digits(9)} 재입고 문의`,
    (r) =>
      `예약번호 ${two(r.between(10, 24))}${two(r.between(1, 12))}${two(r.between(1, 28))}-${r.between(1, 8)}${r.digits(6)}`,
    (r) => `모델명 SM-${r.digits(3)}-010-${r.digits(4)}-${r.digits(4)}-K`,
    (r) => `쿠폰번호 ${r.digits(4)}-${r.digits(4)}-${r.digits(4)}-${r.digits(4)}`,
    (r) => `시리얼 M${r.digits(8)} 제품은 리콜 대상입니다.`,
  ],
  hex: [
    (r) => `MAC ${Array.from({ length: 6 }, () => hex(r, 2)).join(':')}`,
    (r) => `커밋 ${hex(r, 40)} 에서 되돌렸다.`,
    (r) => `UUID ${[8, 4, 4, 4, 12].map((n) => hex(r, n)).join('-')}`,
    (r) => `오류 코드 0x${hex(r, 8)}`,
  ],
  long_integer: [
    (r) => `https://example.org/posts/${r.between(1, 9)}${r.digits(15)}`,
    (r) => `기네스 기록은 ${r.between(1, 9)}${r.digits(r.between(11, 20))}번이다.`,
    (r) => `타임스탬프 ${r.between(1_500_000_000, 1_799_999_999)}${r.digits(3)}`,
    (r) => `사진 ${r.between(1, 9)}${r.digits(9)}.jpg 참고`,
    (r) =>
      `64KB 타일 하나에 ${r.between(1000, 9999)} ${r.between(10000, 99999)} ${r.between(10000, 99999)} 점을 담는다.`,
    (r) => `68.5,${r.between(1, 9)}${r.digits(12)},66.1,${r.between(1, 9)}${r.digits(12)},70.3`,
    (r) => `바코드 880${r.digits(10)}`,
  ],
  address: [
    (r) => `공유기 설정은 192.168.${r.below(256)}.${r.between(1, 254)} 으로 들어갑니다.`,
    (r) =>
      `서버를 127.0.0.1:${r.between(3000, 9000)}에 띄우세요. 사설망은 10.${r.below(256)}.${r.below(256)}.${r.below(256)}.`,
    (r) => `문서용 주소 203.0.113.${r.between(1, 254)}, 서브넷 마스크 255.255.255.0`,
    () => '루프백은 ::1 이고 링크 로컬은 fe80::1 입니다. 예시는 2001:db8::8a2e:370:7334 로 씁니다.',
  ],
  at_sign: [
    (r) => `@media (max-width: ${r.between(300, 900)}px) 안에 넣는다.`,
    (r) => `트위터 @user${r.digits(4)} 계정을 보세요.`,
    (r) => `아이콘은 logo@${r.between(2, 3)}x.png 로 저장한다.`,
    () => 'git clone git@github.com:team/project.git 을 실행한다.',
    () => '회의는 서울역 @ 3층에서, root@localhost 로 접속한다.',
    () => '값은 content@list.0.title 에 있고 모듈은 app@next.js 로 적는다.',
    () => '골뱅이 무침 2인분, 소면 추가. 을지로 골뱅이 골목에서 만나요.',
  ],
  masked: [
    (r) => `연락처 010-****-${r.digits(4)}, 주민번호 ${two(r.between(50, 99))}0101-1******`,
    () => '전화는 <전화번호>, 메일은 <이메일>로 가려져 있다.',
  ],
}
