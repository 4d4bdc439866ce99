/** Documents and a request as tests of exports begin with. */
import { defaultCleaning } from '../../clean/rules.ts'
import type { CardFacts } from '../../export/card.ts'
import type { ExportRequest } from '../../export/write.ts'
import type { ExportedDocument } from '../../pipeline/contract.ts'
import { prose } from './prose.ts'

/** Two sources, sorted; some fields are missing in every second document. */
export function exportedDocuments(count: number): readonly ExportedDocument[] {
  return Array.from({ length: count }, (_, index) => {
    const number = String(index).padStart(6, '0')
    const whole = index % 2 === 0
    return {
      source: index * 2 < count ? 'hani' : 'wiki',
      url: `https://news.example/${number}?a=1&b=|`,
      address: `https://news.example/${number}?a=1&b=|`,
      title: whole ? `"제목" ${number}` : null,
      author: whole ? '홍길동' : null,
      published: whole ? '2024-05-01T12:00:00+09:00' : index % 3 === 0 ? '2024-05-01' : null,
      modified: null,
      section: whole ? '사회' : null,
      lang: 'ko',
      licence: whole ? 'CC-BY-4.0' : 'KOGL-1',
      day: '2024-05-01',
      night: '2026-11-01',
      revision: number.padStart(64, 'a'),
      text: `${prose(index, 5)}\n\n둘째 문단 ${number}.`,
    }
  })
}

export async function* streamed<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items
}

export const facts: CardFacts = {
  sources: ['hani', 'wiki'].map((name) => ({
    ...{ name, kind: 'files', licence: 'CC-BY-4.0', terms: 'https://news.example/terms', contact: null },
    nights: { count: 2, first: '2026-10-31', last: '2026-11-01' },
  })),
  documents: 40,
  characters: 4_000,
  funnels: ['hani', 'wiki'].map((source) => ({
    ...{ source, captured: 34, contaminated: 2, duplicates: 3, kept: 20 },
    left: [{ name: '출처 상한 초과', count: 4 }],
    rejected: [{ name: 'min_chars', count: 5 }],
  })),
  rules: [
    { name: 'min_chars', about: '정제한 글의 글자 수', side: 'least', threshold: 100 },
    { name: 'machine_translation_score', about: '기계 번역의 흔적', side: 'most', threshold: null },
  ],
  selection: { licences: null, since: null, until: null, caps: {}, mixture: null },
  dropped: ['code'],
  cleaning: defaultCleaning,
  deduplication: {
    ...{ shingle: 8, leastShingles: 32, bands: 16, rows: 5, perMille: 800 },
    paragraphs: { leastLetters: 40, leastRemaining: 100 },
  },
  omitted: { documents: 4, paragraphs: 6 },
  personal: [{ name: 'phone', count: 7 }],
  contamination: null,
  overlaps: [],
  recipe: '{}',
}

export function exportRequest(
  path: string,
  documents: readonly ExportedDocument[],
  changes: Partial<ExportRequest> = {},
): ExportRequest {
  return {
    path,
    dataset: 'news',
    version: 'news@7',
    digest: '7'.repeat(64),
    lastNight: '2026-11-01',
    format: 'parquet',
    shardBytes: 5_000,
    croissant: true,
    facts,
    documents: streamed(documents),
    commit: async () => {},
    ...changes,
  }
}
