/** Why a document that cleaning accepted is left out, in words for readers. */
export const LEFT_LABELS: Readonly<Record<string, string>> = {
  licence: '레시피에 없는 라이선스',
  window: '정한 기간 밖의 문서',
  cap: '출처 상한 초과',
  mixture: '출처 비율 초과',
  takedown: '삭제 요청',
}
