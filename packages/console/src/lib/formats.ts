/** Dates, times, numbers and units as a language writes them. */
export interface Formats {
  number: (value: number) => string;
  /** `45 sec`, `3 min`, `2 hr 5 min`. */
  duration: (seconds: number) => string;
  /** `12 bytes`, `1.5 MB`. */
  bytes: (size: number) => string;
  /** The time of day, with the date if it is not the day of `now` (ms since the epoch). */
  clock: (iso: string, now: number) => string;
  /** Hour and minute. @param at ms since the epoch */
  hour: (at: number) => string;
  /** Day, hour and the browser's time zone, and the year if it is another one. */
  moment: (iso: string) => string;
  /** The browser's time zone, such as `Central European Time`. */
  zone: () => string;
}

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

/** @param tag a BCP 47 language tag, such as `en-GB` */
export function formatsOf(tag: string): Formats {
  const numbers = new Intl.NumberFormat(tag);
  const unit = (name: string, value: number, options: Intl.NumberFormatOptions = {}) =>
    new Intl.NumberFormat(tag, { style: 'unit', unit: name, unitDisplay: 'short', ...options }).format(value);
  const hourAndMinute = { hour: '2-digit', minute: '2-digit' } as const;
  const hours = new Intl.DateTimeFormat(tag, hourAndMinute);
  const times = new Intl.DateTimeFormat(tag, { ...hourAndMinute, second: '2-digit' });
  const days = new Intl.DateTimeFormat(tag, { ...hourAndMinute, day: 'numeric', month: 'short' });
  const moment = {
    ...hourAndMinute,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    timeZoneName: 'short',
  } as const;
  const moments = new Intl.DateTimeFormat(tag, moment);
  const farMoments = new Intl.DateTimeFormat(tag, { ...moment, year: 'numeric' });
  const zones = new Intl.DateTimeFormat(tag, { timeZoneName: 'longGeneric' });
  return {
    number: (value) => numbers.format(value),
    duration: (seconds) => {
      if (seconds < 60) return unit('second', Math.round(seconds));
      const all = Math.round(seconds / 60);
      const [whole, minutes] = [Math.floor(all / 60), all % 60];
      const parts = [whole > 0 && unit('hour', whole), minutes > 0 && unit('minute', minutes)];
      return parts.filter((part) => part !== false).join(' ');
    },
    bytes: (size) => {
      const power = Math.floor(Math.log(Math.max(1, size)) / Math.log(1024));
      const step = Math.min(BYTE_UNITS.length - 1, power);
      const value = size / 1024 ** step;
      return unit(BYTE_UNITS[step] ?? 'byte', value, {
        maximumFractionDigits: step === 0 || value >= 10 ? 0 : 1,
        ...(step === 0 && { unitDisplay: 'long' }),
      });
    },
    clock: (iso, now) => {
      const date = new Date(iso);
      return (date.toDateString() === new Date(now).toDateString() ? times : days).format(date);
    },
    hour: (at) => hours.format(at),
    moment: (iso) => {
      const date = new Date(iso);
      return (date.getFullYear() === new Date().getFullYear() ? moments : farMoments).format(date);
    },
    zone: () => zones.formatToParts().find(({ type }) => type === 'timeZoneName')?.value ?? '',
  };
}
