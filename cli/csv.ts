/** One record of CSV (RFC 4180), without the end of its line. */

/** Null is an empty field; what is no text or number is written as JSON. */
export function csvLine(values: readonly unknown[]): string {
  return values.map(fieldOf).join(',')
}

function fieldOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
