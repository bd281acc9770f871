import { resolve } from 'node:path';
import * as z from 'zod';
import { readCertificates } from '../certificates.ts';
import { readPublicKeys } from '../public-keys.ts';
import { parseRedisUrl } from '../redis-address.ts';
import { apiKeys, assistantAllow, dataCenters, origins } from './lists.ts';
import {
  bytes,
  deviceText,
  duration,
  flag,
  httpUrl,
  KIB,
  port,
  read,
  text,
  UNIT_MS,
  waitingTime,
  whole,
} from './values.ts';

/**
 * Every setting, by its name in the environment. This object holds the secrets, so it is never logged.
 * `.env.example` lists the same names; a test compares the two.
 */
export const settingsSchema = z
  .object({
    TELEGRAM_API_ID: whole(1, 0x7fffffff).optional(),
    TELEGRAM_API_HASH: text.min(1).optional(),
    TELEGRAM_DC: dataCenters.default([]),
    /**
     * Public keys that the data centres of TELEGRAM_DC sign with, each as PEM. The setting is the name of a file; the
     * value is the file's content.
     */
    TELEGRAM_DC_KEY: text.transform(read(readPublicKeys)).optional(),
    REDIS_URL: text.default('redis://127.0.0.1:6379').transform(read(parseRedisUrl)),
    /** PEM certificates that Redis' certificate is checked by. As for TELEGRAM_DC_KEY, the setting names the file. */
    REDIS_TLS_CA: text.transform(read(readCertificates)).optional(),
    HOST: text.min(1).default('127.0.0.1'),
    PORT: port.default(3000),
    API_KEYS: apiKeys.default([]),
    /** Origins whose web pages may call the API. */
    CORS_ORIGINS: origins.default([]),
    DATA_DIR: text
      .min(1)
      .default('./data')
      .transform((directory) => resolve(directory)),
    SESSION_STORE: z.enum(['file', 'redis'], 'must be file or redis').default('file'),
    SESSION_ENCRYPTION_KEY: text
      .min(16, 'must be at least 16 characters; 32 random bytes in base64 are best')
      .optional(),
    SESSION_ENCRYPTION_KEY_PREVIOUS: text.min(16, 'must be at least 16 characters').optional(),
    MEDIA_STORE: z.enum(['file', 's3'], 'must be file or s3').default('file'),
    /** The largest file that can be sent. Telegram takes 2000 MiB. */
    MEDIA_MAX_BYTES: bytes
      .pipe(z.number().max(2_000 * KIB ** 2, 'must be at most 2000MiB, which is Telegram’s limit'))
      .default(2_000 * KIB ** 2),
    /** Most bytes of uploads that an account has not used. */
    MEDIA_QUOTA: bytes.default(10 * KIB ** 3),
    /** How long an upload that no message uses is kept, and a block of a download. */
    MEDIA_RETENTION: duration.pipe(z.number().min(1_000, 'must be at least 1s')).default(UNIT_MS.d),
    /** Fetches `url` of media from loopback and private addresses too. */
    MEDIA_ALLOW_PRIVATE: flag.default(false),
    S3_ENDPOINT: httpUrl.optional(),
    S3_REGION: text.min(1).default('us-east-1'),
    S3_BUCKET: text.min(1).optional(),
    S3_ACCESS_KEY_ID: text.min(1).optional(),
    S3_SECRET_ACCESS_KEY: text.min(1).optional(),
    SANDBOX_PORT: port.default(4430),
    SANDBOX_CONTROL_PORT: port.default(4480),
    /**
     * Address of the sandbox's control port. If set, the console shows the codes that the sandbox sends. `npm start`
     * sets it.
     */
    SANDBOX_CONTROL_URL: httpUrl.optional(),
    SHARDS: whole(1, 1024).default(16),
    SEND_WAIT_MS: whole(0, 60_000).default(10_000),
    /** A message fails if Telegram makes it wait longer than this. */
    SEND_MAX_WAIT: duration.pipe(z.number().min(1_000, 'must be at least 1s')).default(UNIT_MS.d),
    /**
     * How long the gateway trusts Telegram to recognize a message that is sent twice. After that it checks the chat
     * first.
     */
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
    /** Maximum number of an account's jobs that may wait. */
    SEND_MAX_PENDING: whole(1, 10_000_000).default(100_000),
    /** Signs webhooks. If not set, they carry no signature. */
    WEBHOOK_SECRET: text.optional(),
    WEBHOOK_ALLOW_PRIVATE: flag.default(false),
    /** Changes of accounts' states are posted to this address. */
    EVENTS_CALLBACK_URL: httpUrl.optional(),
    /** How long events of accounts that receive are kept, and at most how many of one account, in number and bytes. */
    EVENTS_RETENTION: duration.pipe(z.number().min(1_000, 'must be at least 1s')).default(7 * UNIT_MS.d),
    EVENTS_MAX: whole(1, 1_000_000).default(10_000),
    EVENTS_MAX_BYTES: bytes.default(64 * KIB ** 2),
    /** Seals events in Redis. */
    EVENTS_SEALED: flag.default(false),
    TELEGRAM_BOT_TOKEN: text
      .regex(/^\d{1,19}:[A-Za-z0-9_-]{20,100}$/, 'must be a token of @BotFather, such as 123456:ABC…')
      .optional(),
    /** The proxy through which accounts without one of their own reach Telegram. */
    TELEGRAM_PROXY: text
      .regex(
        /^(?:socks[45]h?|http|mtproxy):\/\/(?:[^\s@/]*@)?[^\s@/]+:\d{1,5}\/?$/,
        'must be socks5://host:port or socks5://user:password@host:port (or socks4, http, mtproxy)',
      )
      .optional(),
    /** How accounts introduce themselves to Telegram, which shows it to their owners among the devices. */
    TELEGRAM_DEVICE_MODEL: deviceText.optional(),
    TELEGRAM_SYSTEM_VERSION: deviceText.optional(),
    TELEGRAM_APP_VERSION: deviceText.optional(),
    TELEGRAM_LANG_CODE: text
      .regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})?$/i, 'must be a language, such as en or pt-br')
      .default('en'),
    /** An OpenAI-compatible chat endpoint, up to but without `/chat/completions`. */
    ASSISTANT_BASE_URL: httpUrl.optional(),
    ASSISTANT_MODEL: text.min(1).optional(),
    ASSISTANT_API_KEY: text.min(1).optional(),
    /** How long the assistant may send nothing at all. Comments and reasoning count as sent data. */
    ASSISTANT_IDLE_TIMEOUT: waitingTime.default(UNIT_MS.m),
    /** How long a whole reply may take. */
    ASSISTANT_MAX_TIME: waitingTime.default(10 * UNIT_MS.m),
    /** Accounts and chats that the assistant may write to; all if not set. */
    ASSISTANT_ALLOW: assistantAllow.optional(),
    ADMIN_USER: text.min(1).optional(),
    ADMIN_PASSWORD: text.min(1).optional(),
    BOARD_SHOW_TEXT: flag.default(false),
    /** Where traces are sent (OpenTelemetry, OTLP over HTTP); nowhere if not set. */
    OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
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
    if (settings.REDIS_TLS_CA !== undefined && !settings.REDIS_URL.tls) {
      context.addIssue({
        code: 'custom',
        path: ['REDIS_TLS_CA'],
        message:
          'is set, and REDIS_URL uses no TLS: begin it with rediss://, rediss+cluster:// or rediss+sentinel://',
      });
    }
    for (const path of ['S3_ENDPOINT', 'S3_BUCKET', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY'] as const)
      if (settings.MEDIA_STORE === 's3' && settings[path] === undefined)
        context.addIssue({ code: 'custom', path: [path], message: 'is missing: MEDIA_STORE=s3 needs it' });
    if (settings.CORS_ORIGINS.includes('*') && settings.API_KEYS.length === 0) {
      context.addIssue({
        code: 'custom',
        path: ['CORS_ORIGINS'],
        message:
          'may be * only with API_KEYS: any web page could use every account. List the origins, or set API_KEYS',
      });
    }
    for (const [name, other] of [
      ['ADMIN_USER', 'ADMIN_PASSWORD'],
      ['ADMIN_PASSWORD', 'ADMIN_USER'],
      ['ASSISTANT_BASE_URL', 'ASSISTANT_MODEL'],
      ['ASSISTANT_MODEL', 'ASSISTANT_BASE_URL'],
    ] as const) {
      if (settings[name] === undefined && settings[other] !== undefined)
        context.addIssue({ code: 'custom', path: [name], message: `is missing: ${other} needs it` });
    }
  });
