/** The instant of a day and time of day (`2026-11-22`, `14:03:10`) as the clocks of a zone say them. */
export function instantAt(day: string, time: string, timeZone: string): number {
  const utc = Date.parse(`${day}T${time}Z`);
  // Twice: the offset at the first guess may be that of the other side of a change.
  let at = utc;
  for (let round = 0; round < 2; round++) at = utc - zoneOffsetMs(at, timeZone);
  return at;
}

/** The instant at which a calendar day begins in a zone; days have 23 to 25 hours around a change of clocks. */
export const startOfDay = (day: string, timeZone: string): number => instantAt(day, '00:00:00', timeZone);

function zoneOffsetMs(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
  return Date.parse(`${parts.replace(' ', 'T')}Z`) - Math.floor(at / 1_000) * 1_000;
}
