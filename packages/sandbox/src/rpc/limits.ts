import type { Account } from '../state/model.ts';

/** The limits that `help.getAppConfig` tells. Those with `premium` are for accounts with Telegram Premium. */
export const LIMITS = {
  /** In UTF-16 units. */
  caption_length_limit_default: 1_024,
  caption_length_limit_premium: 4_096,
  upload_max_fileparts_default: 4_000,
  upload_max_fileparts_premium: 8_000,
} as const;

export function maxCaption({ isPremium }: Account): number {
  return isPremium === true ? LIMITS.caption_length_limit_premium : LIMITS.caption_length_limit_default;
}

/** How many parts an uploaded file may have. */
export function maxParts({ isPremium }: Account): number {
  return isPremium === true ? LIMITS.upload_max_fileparts_premium : LIMITS.upload_max_fileparts_default;
}
