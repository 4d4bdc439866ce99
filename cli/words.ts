/** Quantities as a person reads them. */

/** Milliseconds in words. */
export function duration(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 90) return `${Math.ceil(seconds)} s`
  return seconds < 5400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/** A number of bytes in words. */
export function bytes(count: number): string {
  if (count < 1e3) return `${Math.round(count)} B`
  if (count < 1e6) return `${(count / 1e3).toFixed(1)} kB`
  return count < 1e9 ? `${(count / 1e6).toFixed(1)} MB` : `${(count / 1e9).toFixed(2)} GB`
}
