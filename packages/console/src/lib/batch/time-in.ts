/** With a zone, or in that of the browser. No other forms: `Date` takes 01.02.2030 for January, and 9 for 2001. */
const TIME =
  /^(\d{4})-(\d\d)-(\d\d)[T ]([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?: ?(?:Z|[+-]\d\d:\d\d))?$/i;

/** The time that a cell names, in RFC 3339; `null`: it names none. */
export function timeIn(cell: string): string | null {
  const [whole, year, month, day] = TIME.exec(cell) ?? [];
  if (whole === undefined) return null;
  // `Date` moves the 30th of February to March.
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const at = new Date(whole.toUpperCase().replace(' ', 'T').replace(' ', ''));
  return date.getUTCDate() !== Number(day) || Number.isNaN(at.getTime()) ? null : at.toISOString();
}
