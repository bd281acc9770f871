import * as z from 'zod';

export const text = z.string().trim();
export const whole = (min: number, max: number) =>
  text.regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(min).max(max));
export const port = whole(0, 65_535);
/** A name in what Telegram shows of a device. */
export const deviceText = text.regex(/^[ -~]{1,64}$/, 'must be 1 to 64 printable characters of ASCII');

export const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** A duration such as `90s`, `15m`, `24h`, `7d`, or plain seconds, parsed to ms. */
export const duration = text
  .regex(/^\d+(ms|s|m|h|d)?$/, 'must be a duration such as 90s, 15m, 24h or 7d')
  .transform((value) => Number.parseInt(value, 10) * UNIT_MS[(value.replace(/^\d+/, '') || 's') as Unit]);

export const KIB = 1024;
const UNIT_BYTES = { '': 1, KiB: KIB, MiB: KIB ** 2, GiB: KIB ** 3, TiB: KIB ** 4 } as const;

/** A size such as `64MiB`, `10 GiB`, or plain bytes, parsed to bytes. */
export const bytes = text
  .regex(/^\d{1,12} ?(KiB|MiB|GiB|TiB)?$/, 'must be a size such as 64MiB or 10GiB, or a number of bytes')
  .transform((value) => {
    const unit = value.replace(/^\d+ ?/, '') as keyof typeof UNIT_BYTES;
    return Number.parseInt(value, 10) * UNIT_BYTES[unit];
  })
  .pipe(z.number().min(1, 'must be at least 1 byte'));

/** At most a day: a Node timer set to more than 24 days fires at once. */
export const waitingTime = duration.pipe(
  z.number().min(100, 'must be at least 100ms').max(UNIT_MS.d, 'must be at most 1d'),
);

/** Reports the error that `parse` throws as that of the setting. */
export function read<T>(parse: (value: string) => T) {
  return (value: string, context: z.RefinementCtx): T => {
    try {
      return parse(value);
    } catch (error) {
      context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
      return z.NEVER;
    }
  };
}

export const flag = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

export const httpUrl = text.refine(
  (value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol),
  'must be an http:// or https:// address',
);
