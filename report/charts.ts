/** Charts as SVG and HTML strings, in the colours of style.ts. Plain functions: numbers in, markup out. */
import type { Funnel, Histogram } from './data.ts'
import { escapeHtml, formatCount, formatValue } from './format.ts'

const WIDTH = 560
const HEIGHT = 120
const AXIS = 18

/** Bars of a distribution, with the side that a threshold rejects shaded. */
export function histogramChart(
  { from, width, counts, logarithmic }: Histogram,
  bound: { readonly threshold: number; readonly side: 'least' | 'most' } | null,
): string {
  const most = Math.max(1, ...counts)
  const step = WIDTH / Math.max(1, counts.length)
  const scale = (value: number): number => {
    const place = logarithmic ? Math.log2(Math.max(value, 2 ** -20)) : value
    return Math.min(WIDTH, Math.max(0, ((place - from) / width) * step))
  }
  const valueAt = (bin: number): number => (logarithmic ? 2 ** (from + bin * width) : from + bin * width)
  const bars = counts.map((count, bin) => {
    // A root, so that rare values show beside common ones.
    const height = count === 0 ? 0 : Math.max(1.5, Math.sqrt(count / most) * HEIGHT)
    const label = `${formatValue(valueAt(bin))} – ${formatValue(valueAt(bin + 1))}: ${formatCount(count)}`
    return `<rect class="bar" x="${(bin * step + 0.5).toFixed(1)}" y="${(HEIGHT - height).toFixed(1)}" width="${(step - 1).toFixed(1)}" height="${height.toFixed(1)}"><title>${label}</title></rect>`
  })
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const anchor = share === 0 ? 'start' : share === 1 ? 'end' : 'middle'
    return `<text class="tick" x="${share * WIDTH}" y="${HEIGHT + 13}" text-anchor="${anchor}">${formatValue(valueAt(counts.length * share))}</text>`
  })
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT + AXIS}" role="img">${bound === null ? '' : shade(scale(bound.threshold), bound)}${bars.join('')}${bound === null ? '' : line(scale(bound.threshold), bound)}<line class="axis" x1="0" x2="${WIDTH}" y1="${HEIGHT}" y2="${HEIGHT}"/>${ticks.join('')}</svg>`
}

function shade(x: number, { side }: { readonly side: 'least' | 'most' }): string {
  const [start, width] = side === 'least' ? [0, x] : [x, WIDTH - x]
  return `<rect class="rejected-side" x="${start.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="${HEIGHT}"/>`
}

function line(x: number, { threshold, side }: { readonly threshold: number; readonly side: 'least' | 'most' }): string {
  const anchor = x > WIDTH * 0.8 ? 'end' : 'start'
  const label = `${side === 'least' ? '≥' : '≤'} ${formatValue(threshold)}`
  return `<line class="threshold" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="0" y2="${HEIGHT}"/><text class="threshold-label" x="${(x + (anchor === 'end' ? -5 : 5)).toFixed(1)}" y="12" text-anchor="${anchor}">${label}</text>`
}

/** One bar a source: kept, duplicates, contaminated, left out, rejected, as shares of what was captured. */
export function funnelChart(funnels: readonly Funnel[]): string {
  const rows = funnels.map((funnel) => {
    const rejected = funnel.rejected.reduce((sum, { count }) => sum + count, 0)
    const parts = [
      ['kept', funnel.kept],
      ['duplicate', funnel.duplicates],
      ['contaminated', funnel.contaminated],
      ['left', funnel.left.reduce((sum, { count }) => sum + count, 0)],
      ['rejected', rejected],
    ] as const
    const bars = parts.map(([kind, count]) =>
      count === 0
        ? ''
        : `<span class="part ${kind}" style="flex:${count}" title="${formatCount(count)} (${share(count, funnel.captured)})"></span>`,
    )
    const numbers = parts.map(([kind, count]) => `<td class="${kind}">${formatCount(count)}</td>`)
    return `<tr><th scope="row">${escapeHtml(funnel.source)}</th><td>${formatCount(funnel.captured)}</td><td class="wide"><span class="stack">${bars.join('')}</span></td>${numbers.join('')}<td>${share(funnel.kept, funnel.captured)}</td></tr>`
  })
  return `<table class="funnel"><thead><tr><th>출처</th><th>수집</th><th></th><th>유지</th><th>중복</th><th>평가 겹침</th><th>제외</th><th>탈락</th><th>유지율</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
}

/** Named counts as a table of bars. */
export function countBars(counts: readonly { readonly name: string; readonly count: number }[]): string {
  const most = Math.max(1, ...counts.map(({ count }) => count))
  const rows = counts.map(
    ({ name, count }) =>
      `<tr><th scope="row">${escapeHtml(name)}</th><td>${formatCount(count)}</td><td class="wide"><span class="meter" style="width:${((count / most) * 100).toFixed(1)}%"></span></td></tr>`,
  )
  return `<table class="bars"><tbody>${rows.join('')}</tbody></table>`
}

export function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((part / whole) * 100).toFixed(1)} %`
}
