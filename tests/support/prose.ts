/** Korean sentences for tests that need texts which read like texts, as many different ones as are asked for. */
import { randomStream } from '../../model/random.ts'

const WHO = [
  '할머니는',
  '우체부는',
  '아이들은',
  '서점 주인은',
  '젊은 목수가',
  '이장님은',
  '어부 둘이',
  '기록 담당자는',
  '이웃들은',
  '합창단이',
]
const WHEN = [
  '이른 아침',
  '장이 서는 날',
  '눈이 그친 뒤',
  '해가 질 무렵',
  '지난달부터',
  '봄마다',
  '점심을 먹고 나서',
  '첫 기차가 떠난 다음',
  '며칠 동안',
  '밤새',
]
const WHERE = [
  '강 건너 밭에서',
  '낡은 창고 앞에',
  '도서관 이 층에서',
  '언덕 위 학교까지',
  '골목 끝 빵집에',
  '시장 한복판에서',
  '마을 회관 마당에',
  '바닷가 솔밭에서',
  '옛 역사 안에',
  '우물가에서',
]
const WHAT = [
  '잊힌 노래를',
  '낱말 카드를',
  '흩어진 사진을',
  '오래된 편지를',
  '씨앗 자루를',
  '나무 의자를',
  '새 지도를',
  '찻잔 여섯 개를',
  '고친 자전거를',
  '이야기 한 토막을',
]
const HOW = [
  '하나씩 옮겨 적었다',
  '다시 꺼내 보았다',
  '천천히 나누어 주었다',
  '말없이 바라보고 있었다',
  '서로 돌려 가며 읽었다',
  '모두에게 보여 주었다',
  '정성껏 손질해 두었다',
  '손수레에 실어 날랐다',
  '벽에 나란히 걸어 두었다',
  '조심스럽게 풀어 보았다',
]

/** So many sentences, the same for the same seed; of different seeds they are different. */
export function prose(seed: number, sentences = 8): string {
  const random = randomStream(seed, 'prose')
  const pick = (list: readonly string[]): string => list[Math.floor(random.uniform() * list.length)] ?? ''
  return Array.from({ length: sentences }, () => [WHEN, WHO, WHERE, WHAT, HOW].map(pick).join(' '))
    .join('. ')
    .concat('.')
}
