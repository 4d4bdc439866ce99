/** A version's report as one self-contained page: how many texts came, which stayed, why the others went, what they read like. */
import { countBars, funnelChart, histogramChart, share } from './charts.ts'
import type { ClusterReport, Count, Example, OverlapExample, Reading, ReportData, RuleReport } from './data.ts'
import { escapeHtml, formatBytes, formatCount, formatValue } from './format.ts'
import { LEFT_LABELS } from './left-labels.ts'
import { MEASURE_LABELS } from './measure-labels.ts'
import { style } from './style.ts'

/** The whole page; no script, nothing loaded from elsewhere. */
export function reportPage(data: ReportData): string {
  const sections: readonly (readonly [id: string, title: string, body: string])[] = [
    ['funnel', '수집에서 유지까지', funnels(data)],
    ['rules', '규칙', rules(data.rules)],
    ['lengths', '길이', histogramChart(data.lengths, null) + note('글자 수, 가로축은 로그 눈금')],
    ['languages', '언어와 라이선스', countBars(data.languages) + countBars(data.licences)],
    ['clusters', '중복 묶음', clusters(data.clusters, data.omittedParagraphs)],
    ['personal', '개인정보', data.personal.length === 0 ? note('가린 것이 없습니다.') : countBars(data.personal)],
    ['contamination', '평가 자료와 겹침', overlaps(data.contamination)],
    ['sample', '읽어 보기', data.sample.map(reading).join('')],
    ['recipe', '레시피', `<pre>${escapeHtml(data.recipe)}</pre>`],
  ]
  const links = sections.map(([id, title]) => `<a href="#${id}">${title}</a>`)
  const bodies = sections.map(([id, title, body]) => `<section id="${id}"><h2>${title}</h2>${body}</section>`)
  return `<!doctype html>
<html lang="ko"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(data.version)} · 말모이 보고서</title><style>${style}</style></head><body>
<h1>${escapeHtml(data.version)}</h1>
<p class="soft">${escapeHtml(data.frozenAt)} · <span class="digest">${data.digest.slice(0, 16)}</span></p>
<nav>${links.join('')}</nav>
${figures(data)}
${bodies.join('\n')}
</body></html>
`
}

function figures({ documents, bytes, characters, funnels: all, clusters: found }: ReportData): string {
  const captured = all.reduce((sum, funnel) => sum + funnel.captured, 0)
  const boxes = [
    [formatCount(documents), '문서'],
    [formatBytes(bytes), 'UTF-8 본문'],
    [formatCount(documents === 0 ? 0 : Math.round(characters / documents)), '문서당 글자'],
    [share(documents, captured), '수집한 문서 가운데 유지'],
    [formatCount(found.clusters), '중복 묶음'],
  ]
  return `<div class="figures">${boxes.map(([value, label]) => `<div><b>${value}</b><span class="soft">${label}</span></div>`).join('')}</div>`
}

function funnels({ funnels: all, rules }: ReportData): string {
  const legend = [
    ['kept', '유지'],
    ['duplicate', '중복'],
    ['contaminated', '평가 자료와 겹침'],
    ['left', '제외'],
    ['rejected', '규칙에 걸려 탈락'],
  ].map(([kind, label]) => `<span><i class="${kind}"></i>${label}</span>`)
  const byRule = rules.filter(({ rejected }) => rejected > 0).map(({ name, rejected }) => ({ name, count: rejected }))
  const other = all
    .flatMap(({ rejected }) => rejected)
    .filter(({ name }) => !rules.some((known) => known.name === name))
  const counts = [...byRule, ...other].toSorted((a, b) => b.count - a.count)
  const left = Object.entries(LEFT_LABELS).flatMap(([reason, label]) => {
    const documents = all.flatMap((funnel) => funnel.left).filter(({ name }) => name === reason)
    return documents.length === 0 ? [] : [{ name: label, count: documents.reduce((sum, { count }) => sum + count, 0) }]
  })
  return `<p class="legend">${legend.join('')}</p>${funnelChart(all)}${reasons('제외한 까닭', left)}${reasons('탈락한 까닭', counts)}`
}

function reasons(title: string, counts: readonly Count[]): string {
  return counts.length === 0 ? '' : `<h3 style="margin:1.5rem 0 .4rem">${title}</h3>${countBars(counts)}`
}

/** Those that decide; the others, of which there are as many, on demand. */
function rules(all: readonly RuleReport[]): string {
  const [deciding, measuring] = [
    all.filter(({ threshold }) => threshold !== null),
    all.filter(({ threshold }) => threshold === null),
  ]
  const more = `<details><summary>재기만 하는 규칙 ${measuring.length}개</summary>${measuring.map(rule).join('')}</details>`
  return deciding.map(rule).join('') + (measuring.length === 0 ? '' : more)
}

function rule({ name, about, measure, side, threshold, rejected, distribution, ...examples }: RuleReport): string {
  const bound = threshold === null ? null : { threshold, side }
  const state = threshold === null ? '재기만 함' : `${formatCount(rejected)}건 탈락`
  const shown = [
    ...examples.rejectedExamples.map((each) => example('rejected', each)),
    ...examples.keptExamples.map((each) => example('kept', each)),
  ]
  const near =
    shown.length === 0
      ? ''
      : `<details><summary>문턱 가까운 보기</summary><div class="examples">${shown.join('')}</div></details>`
  return `<div class="rule"><header><h3><code>${escapeHtml(name)}</code></h3><span class="soft">${state}</span></header><p class="soft">${escapeHtml(MEASURE_LABELS[measure] ?? about)}</p>${histogramChart(distribution, bound)}${near}</div>`
}

function example(kind: 'kept' | 'rejected', { url, title, value, excerpt }: Example): string {
  return `<div class="example ${kind}"><b>${formatValue(value)}</b> <span class="soft">${escapeHtml(title ?? '제목 없음')} · ${link(url)}</span><div class="excerpt">${escapeHtml(excerpt)}</div></div>`
}

function clusters(
  { clusters: count, sizes, largest }: ClusterReport,
  omitted: ReportData['omittedParagraphs'],
): string {
  const paragraphs = note(
    omitted.documents === 0
      ? '다른 문서와 겹쳐 뺀 문단은 없습니다.'
      : `문서 ${formatCount(omitted.documents)}건에서 다른 문서와 겹치는 문단 ${formatCount(omitted.paragraphs)}개를 뺐습니다.`,
  )
  if (count === 0) return note('중복이 없습니다.') + paragraphs
  const rows = largest.map(({ owner, title, copies, leastSimilarity, members }) => {
    const urls = members.map((member) => `<br>${link(member)}`).join('')
    return `<div class="example kept"><b>${formatCount(copies)}</b>건이 <span class="soft">${escapeHtml(title ?? '제목 없음')} · ${link(owner)}</span>의 사본, 가장 낮은 유사도 ${leastSimilarity.toFixed(3)}<details><summary>사본 보기</summary><span class="soft">${urls.slice(4)}</span></details></div>`
  })
  return `${countBars(sizes)}${paragraphs}${rows.join('')}`
}

function overlaps(found: readonly OverlapExample[]): string {
  if (found.length === 0) return note('겹치는 평가 자료가 없습니다.')
  return found
    .map(
      ({ set, documents, item, url, passage }) =>
        `<div class="example contaminated"><b>${escapeHtml(set)}</b> 문서 ${formatCount(documents)}건 <span class="soft">${escapeHtml(item)} · ${link(url)}</span><div class="excerpt">${escapeHtml(passage)}</div></div>`,
    )
    .join('')
}

function reading({ source, url, title, published, text }: Reading): string {
  return `<article><h3>${escapeHtml(title ?? '제목 없음')}</h3><p class="soft">${[escapeHtml(source), escapeHtml(published ?? ''), link(url)].filter((part) => part !== '').join(' · ')}</p><div class="text">${escapeHtml(text)}</div></article>`
}

function note(text: string): string {
  return `<p class="soft">${text}</p>`
}

/** Only addresses of the web become links. */
function link(url: string): string {
  const shown = escapeHtml(url.length > 90 ? `${url.slice(0, 89)}…` : url)
  return /^https?:\/\//.test(url) ? `<a href="${escapeHtml(url)}" rel="noreferrer">${shown}</a>` : shown
}
