/** The code of a system's, PostgreSQL's or Node's error (ENOENT, 57P03, …); empty where it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
