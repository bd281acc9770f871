import { cleanPasted } from './recipients/pasted.ts';

/** RFC 3339, section 5.6. Seconds may be left out, as in ISO 8601. */
const TIME = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;

/** Parses a time with its zone to ms since the epoch, or returns a sentence on why the text is not one. */
export function parseTime(text: string): number | string {
  const match = TIME.exec(cleanPasted(text));
  if (match === null)
    return `must be a time with its zone (RFC 3339), such as ${new Date(Date.now() + 3_600_000).toISOString()}`;
  const part = (index: number) => Number(match[index] ?? 0);
  const [year, month, day, hour, minute, second] = [part(1), part(2), part(3), part(4), part(5), part(6)];
  const [offsetHour, offsetMinute] = [part(9), part(10)];
  if (month < 1 || month > 12) return `must be a time that exists: there is no month ${match[2]}`;
  if (day < 1 || day > daysIn(year, month))
    return `must be a time that exists: ${match[1]}-${match[2]} has no day ${match[3]}`;
  if (hour > 23 || minute > 59) return `must be a time that exists: ${match[4]}:${match[5]} is none of a day`;
  if (offsetHour > 23 || offsetMinute > 59)
    return `must be a time that exists: ${match[8]}${match[9]}:${match[10]} is no offset from UTC`;
  const offset = (match[8] === '-' ? -1 : 1) * (offsetHour * 60 + offsetMinute);
  // A leap second ends a UTC day and counts as the first second of the next.
  const utcMinute = (hour * 60 + minute - offset + 2 * DAY_MINUTES) % DAY_MINUTES;
  if (second > 60 || (second === 60 && utcMinute !== DAY_MINUTES - 1))
    return `must be a time that exists: there is no second ${match[6]} in it`;
  const fraction = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  return startOfDay(year, month, day) + (hour * 60 + minute - offset) * MINUTE_MS + second * 1_000 + fraction;
}

/** Not Date.UTC: it takes the years 0 to 99 for those of the 20th century. */
function startOfDay(year: number, month: number, day: number): number {
  return new Date(0).setUTCFullYear(year, month - 1, day);
}

function daysIn(year: number, month: number): number {
  return new Date(startOfDay(year, month + 1, 0)).getUTCDate();
}
