/** Quantities as a person reads them. */

/** Milliseconds in words. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}
