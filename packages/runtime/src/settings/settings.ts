import { existsSync } from 'node:fs';
import { loadEnvFile } from 'node:process';
import type * as z from 'zod';
import type { RedisAddress } from '../redis-address.ts';
import { settingsSchema } from './schema.ts';

export type Settings = z.output<typeof settingsSchema>;

export const SETTING_NAMES = Object.keys(settingsSchema.shape);

/** A bad setting. `message` is one line that names the setting and never shows its value. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Parses and checks the settings in an environment. An empty value counts as not set.
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

/** Values that must never appear in a log or an answer. */
export function secretsOf(settings: Settings): string[] {
  return [
    settings.TELEGRAM_API_HASH,
    settings.TELEGRAM_BOT_TOKEN,
    settings.WEBHOOK_SECRET,
    settings.ASSISTANT_API_KEY,
    settings.S3_SECRET_ACCESS_KEY,
    settings.ADMIN_PASSWORD,
    settings.SESSION_ENCRYPTION_KEY,
    settings.SESSION_ENCRYPTION_KEY_PREVIOUS,
    ...settings.API_KEYS.map(({ key }) => key),
  ].filter((secret) => typeof secret === 'string');
}

/** Where Redis is, with the certificates of REDIS_TLS_CA. */
export function redisAddress({
  REDIS_URL: address,
  REDIS_TLS_CA: ca,
}: Pick<Settings, 'REDIS_URL' | 'REDIS_TLS_CA'>): RedisAddress {
  return { ...address, ca };
}

/** The account that the bot's messages are sent from: `bot.<its id>`; `null` if no bot is set up. */
export function botUserId({
  TELEGRAM_BOT_TOKEN: token,
}: Pick<Settings, 'TELEGRAM_BOT_TOKEN'>): string | null {
  return token === undefined ? null : `bot.${token.split(':')[0]}`;
}

/** How many events of one account are kept, and how long. */
export function eventLimits(settings: Settings) {
  return {
    retentionMs: settings.EVENTS_RETENTION,
    max: settings.EVENTS_MAX,
    maxBytes: settings.EVENTS_MAX_BYTES,
  };
}

/** The pace of accounts that have none of their own. */
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

/** Reads `.env` in the working directory, if it exists (the environment wins), then calls {@link parseSettings}. */
export function readSettings(): Settings {
  if (existsSync('.env')) loadEnvFile('.env');
  return parseSettings(process.env);
}
