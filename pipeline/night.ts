/** The night that begins at a moment: the date in the config's time zone, `YYYY-MM-DD`. */
export function nightAt(moment: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(moment)
}
