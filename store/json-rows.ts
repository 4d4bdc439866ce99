/** Rows for jsonb_to_recordset. PostgreSQL's text holds no U+0000 and no half of a surrogate pair; what sites send may. */
export function jsonRows(rows: readonly object[]): string {
  return JSON.stringify(rows, (_, value) =>
    typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())
      ? value.replaceAll('\0', '').toWellFormed()
      : value,
  )
}
