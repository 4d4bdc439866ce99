/**
 * Pages for the tests of spam scores, made from a seed: what sells gambling, sex, loans, medicines and the rest in many
 * styles, and what only writes about them. The wording is made up here, apart from the lexicon that has to find it.
 */

export interface MadePage {
  readonly style: string
  readonly text: string
}

/** Parts of a page: `head` once, `body` several of them in any order, `tail` once. Words in braces are filled in. */
interface Style {
  readonly name: string
  readonly head: readonly string[]
  readonly body: readonly string[]
  readonly tail: readonly string[]
  readonly join: string
}

const WORDS: Readonly<Record<string, readonly string[]>> = {
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

const SPAM: readonly Style[] = [
  {
    name: 'casino: guide that recommends',
    head: [
      '{brand} 카지노 추천과 온라인 카지노 순위 총정리',
      '2024년 안전한 온라인카지노 사이트 추천 TOP {number}',
      '바카라 잘하는 곳, {brand}카지노 공식 도메인',
    ],
    body: [
      '온라인카지노를 처음 이용하는 분이라면 무엇보다 안전한 카지노사이트를 고르는 것이 중요합니다.',
      '저희가 소개하는 {game} 사이트는 모두 검증을 마친 곳이며 빠른 환전으로 이름이 나 있습니다.',
      '신규 회원에게는 첫 입금 {number}% 보너스와 매일 지급되는 쿠폰이 준비되어 있습니다.',
      '라이브 딜러와 함께하는 실시간 {game}는 집에서도 실제 카지노에 온 듯한 느낌을 줍니다.',
      '{brand}카지노는 해외 정식 라이선스를 가진 업체로 먹튀 걱정 없이 이용할 수 있습니다.',
      '모바일에서도 끊김 없이 {game} 게임을 즐길 수 있고 고객센터는 24시간 열려 있습니다.',
      '지금 가입하시면 추천인 코드 {code}로 {money} 상당의 혜택을 드립니다.',
    ],
    tail: ['{brand}카지노 바로가기: {domain}', '카지노 문의는 텔레그램 {id}로 연락 주세요.'],
    join: '\n',
  },
  {
    name: 'toto: banner',
    head: [
      '★{brand} 토토★ 신규첫충 {number}% 매충 {number}% 무한지급',
      '[{brand}벳] 메이저놀이터 가입코드 {code}',
      '♥스포츠토토 안전놀이터 {brand}♥ 먹튀 없는 곳',
    ],
    body: [
      '▶ {sport} 라이브 배팅 최고 배당 제공',
      '▶ 입금 시 {number}% 보너스, 페이백 {number}%',
      '▶ 단폴 배팅 가능, 두폴 제재 없음',
      '▶ 미니게임 파워볼 사다리 실시간 운영',
      '▶ 환전 {number}분 이내 처리, {money} 이상도 바로 출금',
      '▶ 가입 즉시 꽁머니 {money} 지급',
      '▶ {sport} {sport} 픽 무료 제공, 단톡방 운영',
      '▶ 지인 추천 이벤트 진행 중',
    ],
    tail: ['접속 주소 {domain} 가입코드 {code}', '문의 카톡 {id} 텔레그램 @{id}'],
    join: '\n',
  },
  {
    name: 'toto: verification community',
    head: [
      '먹튀검증 커뮤니티 {brand}에서 알려드리는 토토사이트 순위',
      '토토사이트 추천 {brand} | 먹튀 검증 완료 업체 {number}곳',
    ],
    body: [
      '먹튀 피해를 막기 위해서는 검증된 토토사이트만 이용해야 합니다.',
      '저희 검증팀은 자본력과 운영 기간을 확인한 메이저사이트만 소개합니다.',
      '{brand}는 {number}년 동안 한 번의 먹튀 사고도 없었던 안전놀이터입니다.',
      '보증금 {money}을 예치한 제휴 업체이므로 사고가 나면 전액 보상해 드립니다.',
      '{sport}와 {sport} 경기의 배당률이 업계에서 가장 높은 편입니다.',
      '스포츠 베팅을 즐기는 회원이라면 신규 가입 이벤트를 놓치지 마세요.',
    ],
    tail: ['제휴 문의 텔레그램 {id}', '회원가입 바로가기 {domain} 추천인 {code}'],
    join: ' ',
  },
  {
    name: 'gambling: keywords only',
    head: ['카지노사이트 바카라사이트 토토사이트', '온라인카지노 온라인바카라 온라인슬롯'],
    body: [
      '안전카지노 {brand}카지노 {brand}바카라 실시간카지노 라이브카지노',
      '{game}사이트 {game}추천 {game}게임 {game}규칙 {game}이기는법',
      '먹튀검증 먹튀사이트 먹튀없는사이트 놀이터추천 {brand}벳',
      '{city} 카지노 {city} 홀덤펍 {city} 토토 {city} 바카라',
      '슬롯무료체험 슬롯머신 릴게임 바다이야기 황금성 야마토',
      '토토추천 사설토토 스포츠토토 토토총판 파워볼게임 사다리게임',
    ],
    tail: ['카지노 검증 카지노쿠폰 꽁머니 가입머니 {domain}', '카지노 바카라 토토 {domain} {domain}'],
    join: ' ',
  },
  {
    name: 'gambling: letters set apart',
    head: ['카★지★노 바★카★라 {brand}', '토.토 사.이.트 {brand}벳 신.규.첫.충 {number}%', '카 지 노 사 이 트 {brand}'],
    body: [
      '바♥카♥라 실시간 중계 첫.충 {number}프로 지급합니다',
      '먹.튀 없.는 곳 찾으시면 {brand} 오세요 환.전 {number}분',
      '슬/롯 잭/팟 매일 터집니다 꽁.머.니 {money} 드려요',
      '토*토 배*팅 최고 배*당 보장 가입 즉시 쿠*폰',
      '카-지-노 이벤트 진행 중 신규 회원 {number}% 보너스',
    ],
    tail: ['톡 문의 {id} / {domain}', '텔.레.그.램 @{id} 코드 {code}'],
    join: '\n',
  },
  {
    name: 'slots: blog',
    head: ['{brand} 슬롯 무료체험 후기와 잭팟 터지는 슬롯 추천', '오늘은 제가 요즘 빠져 있는 슬롯사이트를 소개할게요'],
    body: [
      '프라그마틱 슬롯은 무료 스핀이 자주 나와서 초보자도 쉽게 즐길 수 있어요.',
      '저는 {money}을 충전해서 {number}배로 환전했는데 출금도 {number}분 만에 끝났어요.',
      '가입만 해도 슬롯 머신 무료 스핀 {number}회를 주니까 부담 없이 시작해 보세요.',
      '{brand}는 슬롯뿐 아니라 {game}도 있어서 질리지 않더라고요.',
      '롤링 조건도 낮고 먹튀 이력이 없는 검증된 사이트라 믿을 수 있어요.',
      '이벤트 쿠폰은 고객센터에 문의하면 바로 지급해 줍니다.',
    ],
    tail: ['가입 주소는 {domain}이고 추천코드는 {code}예요.', '궁금한 점은 카톡 {id}로 물어보세요!'],
    join: ' ',
  },
  {
    name: 'adult: massage that comes',
    head: [
      '{city}출장안마 {city}출장마사지 후불제 {brand}',
      '{city} 출장샵 | 20대 관리사 전원 대기 | {phone}',
      '{city} 홈타이 출장 스웨디시 {brand}테라피',
    ],
    body: [
      '{city} 전 지역 {number}분 안에 도착하는 출장안마입니다.',
      '선입금 없는 100% 후불제로 운영하니 안심하고 예약하세요.',
      '저희 업체는 미모의 20대 관리사만 엄선하여 최상의 서비스를 제공합니다.',
      'A코스 60분 {money}, B코스 90분 {money}, C코스 120분 무제한',
      '호텔, 모텔, 자택, 오피스텔 어디든 방문 가능합니다.',
      '{city}출장 {city}콜걸 {city}출장아가씨 {city}마사지',
      '타이마사지, 아로마, 스웨디시 등 원하시는 코스를 선택하실 수 있습니다.',
    ],
    tail: ['24시간 예약 문의 {phone}', '라인 {id} 카톡 {id} 상담 환영'],
    join: '\n',
  },
  {
    name: 'adult: shops',
    head: [
      '{city} 오피 추천 {brand} 실장입니다',
      '{city} 풀싸롱 {brand} 가격 안내',
      '{city} 룸싸롱 셔츠룸 하이퍼블릭 예약 {phone}',
    ],
    body: [
      '{city} 최고의 와꾸와 마인드를 가진 언니들만 모았습니다.',
      '내상 없는 초이스를 약속드립니다.',
      '{number}인 방문 시 양주 1병 서비스, 픽업 가능',
      '1인 {money} 올 서비스, 추가 비용 없습니다.',
      '출근부는 매일 업데이트되니 확인하고 예약 주세요.',
      '유흥은 역시 {city} {brand}, 처음 오시는 분도 편하게 모십니다.',
      '건마 휴게텔 키스방 립카페 업소 후기도 확인하세요.',
    ],
    tail: ['예약 {phone} 김실장', '카톡 {id} 24시 상담'],
    join: ' ',
  },
  {
    name: 'adult: video lists',
    head: [
      '무료 야동 {brand}TV 최신주소',
      '국산야동 일본야동 {brand} 새 주소 안내',
      '한국 성인 영상 무료보기 {domain}',
    ],
    body: [
      '매일 업데이트되는 국산 야동을 고화질로 무료 시청하세요.',
      '노모 자막 {number}편 추가, 유출 영상 모음',
      '{brand} 야동사이트 우회 접속 방법과 최신 주소는 {domain}',
      '성인방송 벗방 BJ {number}명 실시간 라이브',
      '회원가입 없이 바로 다운로드 가능, 모바일 지원',
      '유부녀 아마추어 몰카 일반인 섹스 동영상',
      '성인웹툰 야설 망가도 무료로 볼 수 있습니다.',
    ],
    tail: ['주소가 막히면 텔레그램 {id}에서 확인하세요', '{domain} {domain} 바로가기'],
    join: '\n',
  },
  {
    name: 'adult: meetings',
    head: ['{city} 조건만남 애인대행 즉석만남 {brand}', '{city} 채팅 어플 추천 만남 후기'],
    body: [
      '{city}에 사는 20대 여대생과 바로 만날 수 있는 채팅 어플입니다.',
      '원나잇 파트너를 찾는다면 {brand} 어플 다운로드',
      '조건만남 후기: 가입하고 {number}분 만에 연락이 왔습니다.',
      '유부녀, 돌싱, 섹파까지 원하는 상대를 고를 수 있어요.',
      '비밀 보장, 신원 확인된 여성 회원 다수',
      '{city}조건 {city}만남 {city}섹파 {city}원나잇',
    ],
    tail: ['지금 무료 가입 {domain}', '라인 {id} 문의 주세요'],
    join: ' ',
  },
  {
    name: 'loans',
    head: [
      '{city} 무직자대출 당일대출 {brand}캐피탈',
      '급전 필요하신 분 {brand}머니 {phone}',
      '연체자 신용불량자도 가능한 소액대출 {brand}',
    ],
    body: [
      '직장인, 무직자, 주부 누구나 {money}까지 당일 대출 가능합니다.',
      '무서류 무방문으로 {number}분이면 통장에 입금됩니다.',
      '저신용자 연체자도 부결 없이 승인해 드립니다.',
      '{city} 일수 월변 개인돈 상담 환영',
      '신용 조회 기록이 남지 않으니 부담 없이 문의하세요.',
      '최저 이자, 최고 한도로 고객님의 급한 불을 꺼 드립니다.',
    ],
    tail: ['대출 상담 {phone} 24시간', '카톡 {id} 비대면 진행'],
    join: '\n',
  },
  {
    name: 'cash out of small payments',
    head: ['소액결제 현금화 {brand}티켓 최고가 매입', '신용카드 현금화 상품권 현금화 {brand}'],
    body: [
      '휴대폰 소액결제 정보이용료 콘텐츠이용료 현금화 {number}분 입금',
      '업계 최저 수수료 {number}%로 {money}까지 바로 입금해 드립니다.',
      '미납자, 정책 걸린 분도 현금화 가능합니다.',
      '문화상품권 해피머니 구글기프트카드 매입',
      '365일 24시간 상담하니 언제든지 연락 주세요.',
      '정식 등록 업체라 안전하고 빠른 현금화를 약속합니다.',
    ],
    tail: ['상담 {phone}', '카카오톡 {id} {domain}'],
    join: ' ',
  },
  {
    name: 'medicines',
    head: [
      '비아그라 구매 시알리스 구입 {brand}약국',
      '정품 비아그라 판매 {brand} 남성 활력',
      '여성흥분제 최음제 물뽕 구입처 {brand}',
    ],
    body: [
      '정품 비아그라 100mg {number}정을 {money}에 할인 판매합니다.',
      '시알리스와 레비트라도 당일 배송으로 받아 보세요.',
      '조루와 발기부전으로 고민하는 남성에게 최고의 선택입니다.',
      '익명 포장으로 집까지 안전하게 배송해 드립니다.',
      '효과가 없으면 100% 환불 보장, 구매 후기 {number}건',
      '여성흥분제, 정력제, 프릴리지 등 인기 제품 입고',
    ],
    tail: ['주문 상담 카톡 {id}', '온라인 구매 {domain} 24시간 주문 가능'],
    join: '\n',
  },
  {
    name: 'replicas',
    head: ['레플리카 쇼핑몰 {brand} 명품 시계 이미테이션', '홍콩명품 미러급 가방 {brand}'],
    body: [
      '정품과 구별할 수 없는 미러급 명품 가방을 {money}에 만나 보세요.',
      '롤렉스 오메가 레플리카 시계 {number}% 할인',
      'SA급 커스텀급 신상 매일 입고, 국내 배송 {number}일',
      '구찌 샤넬 루이비통 이미테이션 지갑 신발 의류',
      '불량 시 무료 교환, 비밀 포장 배송',
    ],
    tail: ['카톡 상담 {id}', '사이트 바로가기 {domain}'],
    join: '\n',
  },
  {
    name: 'stock tips',
    head: ['무료 급등주 추천 {brand} 리딩방', '{brand} 투자연구소 무료 종목 체험'],
    body: [
      '내일 상한가 갈 급등주를 무료로 알려 드립니다.',
      '코인 리딩 수익률 {number}00% 인증, 원금 보장',
      '{money}으로 시작해 한 달 만에 {number}배 수익을 낸 회원이 많습니다.',
      '해외선물 대여계좌 수수료 최저, 증거금 {money}부터',
      '지금 입장하시면 VIP 종목 {number}개를 무료로 드립니다.',
      '초보자도 따라만 하면 고수익 보장',
    ],
    tail: ['카톡방 입장 {domain}', '무료 상담 {phone} 텔레그램 {id}'],
    join: ' ',
  },
  {
    name: 'accounts and search ranks',
    head: [
      '네이버 아이디 판매 계정 판매 {brand}',
      '구글 상위노출 백링크 {brand}마케팅',
      '인스타 팔로워 늘리기 좋아요 늘리기 {brand}',
    ],
    body: [
      '구글 상위 노출 백링크 작업 {number}일이면 1페이지 보장',
      '팔로워 구매 {number}000명 {money}, 실제 한국인 계정',
      '네이버 실명 아이디와 카페 계정을 도매가로 판매합니다.',
      '조회수, 댓글, 구독자 모두 최저가로 늘려 드립니다.',
      '트래픽 프로그램 판매, 언론 배포 대행',
      '작업 후 결제 가능, 문의 환영',
    ],
    tail: ['텔레그램 @{id}', '상담 카톡 {id} {domain}'],
    join: '\n',
  },
]

const HONEST: readonly Style[] = [
  {
    name: 'news: gambling ring',
    head: [
      '불법 도박 사이트를 운영한 일당이 경찰에 붙잡혔다.',
      '해외에 서버를 두고 {money}대 온라인 카지노를 운영한 조직이 적발됐다.',
    ],
    body: [
      '경찰은 도박 공간 개설 혐의로 총책 A씨 등 {number}명을 구속하고 {number}명을 불구속 입건했다고 밝혔다.',
      '이들은 베트남에 사무실을 차리고 바카라와 스포츠토토 사이트를 운영하며 회원을 모집한 혐의를 받는다.',
      '조사 결과 회원들은 대포통장으로 돈을 입금하고 게임머니를 충전한 뒤 환전하는 방식으로 도박을 했다.',
      '경찰은 범죄 수익을 추징 보전하고 도박에 참여한 회원들도 수사할 방침이다.',
      '경찰 관계자는 "청소년이 온라인 도박에 쉽게 빠지고 있다"며 주의를 당부했다.',
      '이들은 텔레그램과 카카오톡 단체방에서 먹튀 없는 사이트라고 홍보한 것으로 드러났다.',
    ],
    tail: [
      '법원은 주범에게 징역 {number}년을 선고했다.',
      '도박 문제로 도움이 필요하면 한국도박문제예방치유원에서 상담받을 수 있다.',
    ],
    join: ' ',
  },
  {
    name: 'encyclopedia: games',
    head: [
      '카지노는 여러 가지 도박 게임을 할 수 있게 만든 시설이다.',
      '바카라는 두 장이나 세 장의 카드를 더한 수의 끝자리를 겨루는 카드 놀이이다.',
      '룰렛은 돌아가는 원판에 공을 굴려 멈추는 칸을 맞히는 놀이로 카지노의 대표 종목이다.',
    ],
    body: [
      '바카라의 기원은 15세기 이탈리아로 알려져 있으며 프랑스 귀족 사이에서 유행하였다.',
      '블랙잭은 카드의 합이 21에 가까운 사람이 이기며 슬롯머신은 기계가 무늬를 맞춘다.',
      '룰렛이라는 이름은 작은 바퀴를 뜻하는 프랑스어에서 유래하였다.',
      '대한민국에서는 강원랜드를 뺀 모든 카지노에 내국인이 들어갈 수 없다.',
      '라스베이거스와 마카오는 카지노 산업으로 이름난 도시이다.',
      '확률을 따져 보면 카지노의 모든 게임은 하우스가 이기도록 되어 있다.',
    ],
    tail: ['관련 법률로는 관광진흥법과 형법의 도박죄 조항이 있다.', '영화와 소설에서도 카지노는 자주 배경이 되었다.'],
    join: ' ',
  },
  {
    name: 'news: household loans',
    head: ['은행권의 가계대출 잔액이 {number}개월째 증가했다.', '금융당국이 대출 규제를 강화하기로 했다.'],
    body: [
      '한국은행에 따르면 지난달 주택담보대출은 {number}조 원 늘었다.',
      '시중은행은 신용대출 금리를 올리고 한도를 줄이고 있다.',
      '금융감독원은 불법 사채와 무직자 대출 광고에 속지 말라고 당부했다.',
      '저신용자가 제도권 밖으로 밀려날 수 있다는 지적이 나온다.',
      '전문가들은 이자 부담이 커진 자영업자의 연체율이 높아질 것으로 본다.',
      '대출을 받을 때는 상환 능력을 먼저 따져 보아야 한다고 조언했다.',
    ],
    tail: ['정부는 다음 달 대책을 발표할 예정이다.', '시장에서는 금리가 당분간 내리지 않을 것이라는 전망이 많다.'],
    join: ' ',
  },
  {
    name: 'medicine: explained',
    head: [
      '비아그라로 알려진 실데나필은 발기부전을 치료하는 약이다.',
      '조루와 발기부전은 흔하지만 말하기 어려워하는 질환이다.',
    ],
    body: [
      '처음에는 협심증 약으로 개발되었으나 임상시험 중에 다른 효과가 발견되었다.',
      '시알리스의 성분인 타다라필은 작용 시간이 길다는 특징이 있다.',
      '심장 질환이 있는 환자는 반드시 의사와 상의한 뒤 처방을 받아야 한다.',
      '두통, 안면 홍조, 소화 불량 같은 부작용이 나타날 수 있다.',
      '인터넷에서 파는 정력제에는 허가받지 않은 성분이 들어 있는 경우가 많다고 식약처는 밝혔다.',
      '원인에 따라 상담 치료나 생활 습관 개선이 먼저 필요할 수 있다.',
    ],
    tail: ['증상이 있으면 비뇨의학과에서 진료를 받는 것이 좋다.', '연구진은 결과를 학술지에 발표하였다.'],
    join: ' ',
  },
  {
    name: 'news: prostitution and illegal videos',
    head: [
      '오피스텔을 빌려 성매매를 알선한 업주가 검찰에 넘겨졌다.',
      '불법 촬영물을 올린 음란 사이트 운영자가 구속됐다.',
    ],
    body: [
      '경찰은 인터넷 사이트에 유흥업소 광고를 올린 혐의로 {number}명을 입건했다.',
      '피의자는 회원 {number}만 명에게 야동과 불법 촬영물을 유포한 혐의를 받는다.',
      '피해자들은 영상 삭제를 요청했지만 사이트는 주소를 바꾸며 운영을 계속했다.',
      '여성단체는 성 착취를 근절할 대책을 마련하라고 촉구했다.',
      '재판부는 죄질이 나쁘다며 징역 {number}년을 선고했다.',
      '경찰은 출장 마사지를 내세운 성매매 알선 조직을 추적하고 있다고 말했다.',
    ],
    tail: [
      '방송통신심의위원회는 접속을 차단했다고 설명했다.',
      '디지털 성범죄 피해자는 지원센터에서 도움을 받을 수 있다.',
    ],
    join: ' ',
  },
  {
    name: 'petition: against gambling',
    head: ['청소년을 망치는 불법 토토 사이트를 없애 주세요.', '제 남편의 도박 중독으로 가정이 무너졌습니다.'],
    body: [
      '고등학생인 제 아들이 친구 소개로 스포츠토토를 시작해 {money}을 잃었습니다.',
      '사채까지 써서 갚느라 온 가족이 고통 속에 살고 있습니다.',
      '경찰에 신고해도 서버가 해외에 있어 수사가 어렵다는 말만 들었습니다.',
      '유튜브와 문자로 카지노 광고가 하루에도 몇 번씩 옵니다.',
      '도박 사이트를 운영한 사람을 더 강하게 처벌하는 법을 만들어 주십시오.',
      '학교에서 도박 예방 교육을 의무로 해 주시기를 청원합니다.',
    ],
    tail: ['더 이상 피해자가 생기지 않게 도와주세요.', '국민의 목소리를 들어 주시기 바랍니다.'],
    join: ' ',
  },
  {
    name: 'guide: library loans',
    head: ['도서관 책은 한 번에 {number}권까지 대출할 수 있습니다.', '우리 도서관의 대출과 반납을 안내합니다.'],
    body: [
      '대출 기간은 2주이고 예약한 사람이 없으면 한 번 연장할 수 있습니다.',
      '반납이 늦으면 늦은 날만큼 대출이 정지됩니다.',
      '회원 가입은 신분증을 가지고 1층 안내대에서 하시면 됩니다.',
      '전자책은 앱에서 바로 대출하고 기간이 끝나면 저절로 반납됩니다.',
      '상호 대차로 다른 도서관의 책도 받아 볼 수 있습니다.',
    ],
    tail: ['문의는 열람실 담당자에게 해 주세요.', '휴관일에는 무인 반납함을 이용하세요.'],
    join: '\n',
  },
  {
    name: 'essay: investing',
    head: ['주식 투자를 시작하고 가장 먼저 배운 것은 기다림이었다.', '코인 열풍이 지나간 자리에서 돈에 관해 생각했다.'],
    body: [
      '수익률이 높을 때는 내가 잘해서라고 믿었고 떨어지면 시장을 탓했다.',
      '친구가 알려 준 급등주를 샀다가 {money}을 잃은 뒤로는 남의 말만 듣지 않는다.',
      '리딩방에 들어간 선배는 결국 사기를 당해 경찰서에 다녀왔다.',
      '회사의 사업 보고서를 읽으면서 종목을 고르는 눈이 조금 생겼다.',
      '부모님은 도박과 투자가 무엇이 다르냐고 물으셨고 나는 오래 대답하지 못했다.',
    ],
    tail: ['지금은 매달 조금씩 지수 상품을 산다.', '느리게 가는 것이 결국 멀리 가는 길이라고 믿는다.'],
    join: ' ',
  },
  {
    name: 'shop: honest goods',
    head: ['마을에서 난 사과를 직접 따서 보내 드립니다.', '손으로 뜬 겨울 모자를 판매합니다.'],
    body: [
      '올해는 비가 적어 사과가 작지만 아주 달고 단단합니다.',
      '{number}kg 한 상자에 {money}이며 배송비는 따로 받지 않습니다.',
      '주문하시면 다음 날 아침에 포장해서 택배로 보냅니다.',
      '상한 것이 있으면 사진을 보내 주세요. 바로 바꾸어 드립니다.',
      '모자는 세 가지 색이 있고 아이 크기도 있습니다.',
      '선물 포장을 원하시면 주문할 때 적어 주세요.',
    ],
    tail: ['문의는 {phone}로 전화 주세요.', '농장에 오시면 따기 체험도 할 수 있습니다.'],
    join: '\n',
  },
]

/** `count` pages that sell, of every style in turn. */
export function spamPages(seed: number, count: number): readonly MadePage[] {
  return pages(SPAM, seed, count)
}

/** `count` pages that write about the same things, or sell honestly. */
export function honestPages(seed: number, count: number): readonly MadePage[] {
  return pages(HONEST, seed, count)
}

function pages(styles: readonly Style[], seed: number, count: number): readonly MadePage[] {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, index) => {
    const style = styles[index % styles.length]!
    return { style: style.name, text: page(style, random) }
  })
}

function page({ head, body, tail, join }: Style, random: (below: number) => number): string {
  const sentences = shuffled(body, random).slice(0, 4 + random(body.length - 3))
  return [pick(head, random), ...sentences, pick(tail, random)].map((part) => filled(part, random)).join(join)
}

function filled(part: string, random: (below: number) => number): string {
  return part.replace(/\{(\w+)\}/g, (_, slot: string) => {
    const words = WORDS[slot]
    if (!words) throw new Error(`no words for ${slot}`)
    return pick(words, random)
  })
}

function pick(from: readonly string[], random: (below: number) => number): string {
  return from[random(from.length)]!
}

function shuffled(parts: readonly string[], random: (below: number) => number): readonly string[] {
  const result = [...parts]
  for (let i = result.length - 1; i > 0; i--) {
    const other = random(i + 1)
    ;[result[i], result[other]] = [result[other]!, result[i]!]
  }
  return result
}

/** A linear congruential generator (Numerical Recipes, 7.1); its high bits choose. */
function createRandom(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
