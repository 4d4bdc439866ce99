/** Korean sentences for tests that need some text to run the plan on: all different, and as little repetitive as prose. */

const WHEN = [
  '어제',
  '이른 아침에',
  '장날이면',
  '비가 그친 뒤',
  '지난 가을',
  '해마다',
  '방학 동안',
  '저녁마다',
  '요즘',
  '한낮에',
  '설을 앞두고',
]
const WHERE = [
  '도서관',
  '시장',
  '학교',
  '보건소',
  '강변',
  '과수원',
  '박물관',
  '마을회관',
  '정류장',
  '들판',
  '바닷가',
  '골목',
  '운동장',
]
const WHO = [
  '이웃들은',
  '아이들이',
  '관장은',
  '할머니는',
  '젊은 농부가',
  '선생님은',
  '버스 기사는',
  '목수가',
  '학생들은',
  '상인들이',
  '의사는',
  '화가는',
  '어부들이',
  '우리는',
  '손님이',
  '사서는',
  '기자는',
]
const WHAT = [
  '낡은 사전을',
  '새 노래를',
  '사과 상자를',
  '잃어버린 열쇠를',
  '두꺼운 편지를',
  '작은 배를',
  '옛 지도를',
  '따뜻한 죽을',
  '나무 의자를',
  '푸른 천을',
  '긴 이야기를',
  '첫 수확을',
  '빈 그릇을',
  '젖은 우산을',
  '손수레를',
  '별자리를',
  '오래된 시계를',
  '꽃씨를',
  '빵 냄새를',
]
const DID = [
  '찾아냈다',
  '함께 나누었다',
  '조심스레 옮겼다',
  '오래 바라보았다',
  '서로 건넸다',
  '고쳐 놓았다',
  '다시 펼쳤다',
  '기억한다',
  '자랑하였다',
  '팔지 않았다',
  '그려 보았다',
  '모아 두었다',
  '돌려주었다',
  '물려받았다',
  '배우고 있다',
  '지켜 왔다',
  '궁금해했다',
  '칭찬했다',
  '들고 왔다',
  '기다렸다',
  '세어 보았다',
  '잊지 않는다',
  '숨겨 두었다',
]

/** `count` sentences; other seeds give others. The pools' sizes share no divisor, so what stands together changes each time. */
export function prose(seed: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => {
    const n = seed * 101 + index * 7
    const [when, where, who, what, did] = [WHEN, WHERE, WHO, WHAT, DID].map(
      (pool, i) => pool[(n + i * seed) % pool.length],
    )
    return `${when} ${where}에서 ${who} ${what} ${did}.`
  })
}
