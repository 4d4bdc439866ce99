/** Numbers and text for a page a person reads. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
}

export function formatCount(count: number): string {
  return count.toLocaleString('ko')
}

/** A measure: whole numbers as they are, others to three digits. */
export function formatValue(value: number): string {
  if (Number.isInteger(value)) return formatCount(value)
  return Math.abs(value) >= 100 ? formatCount(Math.round(value)) : String(Number(value.toPrecision(3)))
}

/** A number of bytes in words. */
export function formatBytes(count: number): string {
  if (count < 1e3) return `${Math.round(count)} B`
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`
}
