import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadEnvFile } from 'node:process';
import * as z from 'zod';

const text = z.string().trim();
const whole = (min: number, max: number) =>
  text.regex(/^\d+$/, 'must be a whole number').transform(Number).pipe(z.number().min(min).max(max));
const port = whole(0, 65_535);

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
type Unit = keyof typeof UNIT_MS;

/** `90s`, `15m`, `24h`, `7d`, or plain seconds; as ms. */
const duration = text
  .regex(/^\d+(ms|s|m|h|d)?$/, 'must be a duration such as 90s, 15m, 24h or 7d')
  .transform((value) => Number.parseInt(value, 10) * UNIT_MS[(value.replace(/^\d+/, '') || 's') as Unit]);

const dataCenters = text.transform((value, context) => {
  const parsed = value.split(',').map((item) => /^\s*(\d+):(\[[0-9a-fA-F:]+\]|[^:\s]+):(\d+)\s*$/.exec(item));
  return parsed.flatMap((match) => {
    const [, id, host, portText] = match ?? [];
    if (id === undefined || host === undefined || portText === undefined || Number(portText) > 65_535) {
      context.addIssue({
        code: 'custom',
        message: 'must be id:host:port, several with commas, such as 2:127.0.0.1:4430',
      });
      return [];
    }
    return [{ id: Number(id), host: host.replace(/^\[|\]$/g, ''), port: Number(portText) }];
  });
});

const USER_ID = /^[A-Za-z0-9_.@+-]{1,64}$/;

const apiKeys = text.transform((value, context) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const [key, list] = splitOnce(item, ':');
      const accounts = list === undefined ? null : list.split('|').map((id) => id.trim());
      if (key === '' || accounts?.some((id) => !USER_ID.test(id))) {
        context.addIssue({
          code: 'custom',
          message: 'must be key or key:user_id|user_id, several with commas',
        });
      }
      return { key, accounts };
    }),
);

function splitOnce(value: string, separator: string): [string, string?] {
  const at = value.indexOf(separator);
  return at < 0 ? [value] : [value.slice(0, at), value.slice(at + 1)];
}

/**
 * Every setting, by its name in the environment. Secrets stay in this object: it is never logged.
 * `.env.example` lists the same names; a test holds the two together.
 */
const settingsSchema = z
  .object({
    TELEGRAM_API_ID: whole(1, 0x7fffffff).optional(),
    TELEGRAM_API_HASH: text.min(1).optional(),
    TELEGRAM_DC: dataCenters.default([]),
    /** A PEM file with the public keys that the data centres of TELEGRAM_DC sign with. Read at start, kept as its text. */
    TELEGRAM_DC_KEY: text
      .transform((file, context) => {
        try {
          return readFileSync(file, 'utf8');
        } catch {
          context.addIssue({ code: 'custom', message: `cannot be read: ${file}` });
          return z.NEVER;
        }
      })
      .optional(),
    REDIS_URL: text
      .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
      .default('redis://127.0.0.1:6379'),
    HOST: text.min(1).default('127.0.0.1'),
    PORT: port.default(3000),
    API_KEYS: apiKeys.default([]),
    DATA_DIR: text
      .min(1)
      .default('./data')
      .transform((directory) => resolve(directory)),
    SESSION_STORE: z.enum(['file', 'redis'], 'must be file or redis').default('file'),
    SESSION_ENCRYPTION_KEY: text
      .min(16, 'must be at least 16 characters; 32 random bytes in base64 are best')
      .optional(),
    SESSION_ENCRYPTION_KEY_PREVIOUS: text.min(16, 'must be at least 16 characters').optional(),
    SANDBOX_PORT: port.default(4430),
    SANDBOX_CONTROL_PORT: port.default(4480),
    SHARDS: whole(1, 1024).default(16),
    SEND_WAIT_MS: whole(0, 60_000).default(10_000),
    /** A message that Telegram makes wait for longer fails instead. */
    SEND_MAX_WAIT: duration.pipe(z.number().min(1_000, 'must be at least 1s')).default(UNIT_MS.d),
    /** How long Telegram is trusted to know a message again that is sent twice; after that its chat is looked at first. */
    SEND_DEDUP_WINDOW: duration.default(UNIT_MS.h),
    SEND_PACE: z.enum(['careful', 'off'], 'must be careful or off').default('careful'),
    SEND_PACE_BURST: whole(1, 10_000).default(60),
    SEND_PACE_PER_MINUTE: whole(1, 60_000).default(60),
    SEND_PACE_CHAT_BURST: whole(1, 10_000).default(30),
    SEND_PACE_CHAT_INTERVAL: duration.pipe(z.number().max(UNIT_MS.d, 'must be at most 1d')).default(1_000),
    SEND_PACE_GROUP_INTERVAL: duration.pipe(z.number().max(UNIT_MS.d, 'must be at most 1d')).default(3_000),
    SEND_PACE_STRANGERS_PER_DAY: whole(0, 100_000).default(50),
    AUTH_WAIT_MS: whole(1_000, 60_000).default(10_000),
    JOB_RETENTION: duration.pipe(z.number().min(1_000, 'must be at least 1s')).default(UNIT_MS.d),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
  })
  .superRefine((settings, context) => {
    if ((settings.TELEGRAM_API_ID === undefined) !== (settings.TELEGRAM_API_HASH === undefined)) {
      const path = settings.TELEGRAM_API_ID === undefined ? 'TELEGRAM_API_ID' : 'TELEGRAM_API_HASH';
      context.addIssue({
        code: 'custom',
        path: [path],
        message: 'is missing: TELEGRAM_API_ID and TELEGRAM_API_HASH go together',
      });
    }
    if (settings.TELEGRAM_DC.length > 0 && settings.TELEGRAM_DC_KEY === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['TELEGRAM_DC_KEY'],
        message: 'is missing: TELEGRAM_DC needs it',
      });
    }
  });

export type Settings = z.output<typeof settingsSchema>;

export const SETTING_NAMES = Object.keys(settingsSchema.shape);

/** A bad setting: `message` is one line that names it, and never shows its value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * The settings of an environment, checked. An empty value counts as not set.
 * @throws {SettingsError} naming each bad setting and what is wrong with it, in one line.
 */
export function parseSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(
    SETTING_NAMES.map((name) => [name, environment[name]?.trim() || undefined]),
  );
  const parsed = settingsSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new SettingsError(`Bad setting: ${[...new Set(lines)].join('; ')}`);
}

/** The pace that accounts keep to which have none of their own. */
export function paceSettings(settings: Settings) {
  return {
    mode: settings.SEND_PACE,
    rules: {
      burst: settings.SEND_PACE_BURST,
      per_minute: settings.SEND_PACE_PER_MINUTE,
      chat_burst: settings.SEND_PACE_CHAT_BURST,
      chat_interval: settings.SEND_PACE_CHAT_INTERVAL / 1_000,
      group_interval: settings.SEND_PACE_GROUP_INTERVAL / 1_000,
      strangers_per_day: settings.SEND_PACE_STRANGERS_PER_DAY,
    },
  };
}

/** Reads `.env` of the working directory, if there is one (the environment itself wins), then {@link parseSettings}. */
export function readSettings(): Settings {
  if (existsSync('.env')) loadEnvFile('.env');
  return parseSettings(process.env);
}
