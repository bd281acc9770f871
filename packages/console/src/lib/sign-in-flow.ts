import type { AccountStatus, CodeSentAnswer } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import type { Words } from './words.ts';

/** The current step of a sign-in. */
export type Step =
  | { step: 'begin' }
  /** `sent` `null`: the sign-in was started before this page was opened. */
  | { step: 'code'; sent: CodeSentAnswer | null; sentAt: number }
  | { step: 'qr' }
  | { step: 'password'; hint: string | null }
  | { step: 'done' };

/** The step that the gateway reports. @param known what this tab knows of the sign-in */
export function stepOf(
  { authorized, state }: Pick<AccountStatus, 'authorized' | 'state'>,
  known: StoredSignIn | null,
): Step {
  if (state === 'code_sent') return { step: 'code', sent: known?.sent ?? null, sentAt: known?.sentAt ?? 0 };
  if (state === 'password_required') return { step: 'password', hint: null };
  if (state === 'qr_pending') return { step: 'qr' };
  return authorized ? { step: 'done' } : { step: 'begin' };
}

const DELIVERIES: Record<string, Text> = {
  app: text('in your Telegram app, in the chat "Telegram"'),
  sms: text('by SMS'),
  call: text('by a phone call'),
  flash_call: text('by a call that rings once: the code is in its number'),
  missed_call: text('by a missed call: the code is in the last digits of its number'),
  email: text('by e-mail'),
  fragment: text('at fragment.com'),
  sms_word: text('by SMS, as a word'),
  sms_phrase: text('by SMS, as a phrase'),
};

/** How the next code is delivered; `null`: Telegram does not say it in a known way. */
export function nextDeliveryInWords(delivery: string | null, { t, say }: Words): string | null {
  const way = DELIVERIES[delivery ?? ''];
  return way === undefined ? null : t('Another one comes {way}.', { way: say(way) });
}

/** A sentence that says where the code is. `sent` `null`: it was sent before this page was opened. */
export function codeSentInWords(sent: CodeSentAnswer | null, phone: string, { t, say }: Words): string {
  const known = sent === null ? undefined : DELIVERIES[sent.delivery];
  if (known === undefined) {
    // For an unknown way of delivery, the gateway's message says more.
    if (sent !== null) return `${sent.message}.`;
    return phone === ''
      ? t('Telegram has sent a code.')
      : t('Telegram has sent a code to {phone}.', { phone });
  }
  const way = [say(known), sent?.delivery_detail].filter(Boolean).join(': ');
  return phone === ''
    ? t('Telegram has sent a code, {way}.', { way })
    : t('Telegram has sent a code to {phone}, {way}.', { phone, way });
}

/** The phone number of a sign-in, and how its last code was sent. */
export interface StoredSignIn {
  phone: string;
  sent: CodeSentAnswer;
  /** ms since the epoch. */
  sentAt: number;
}

const KEY = 'gateway-sign-in:';

/** The sign-ins of this tab, so that they continue after a reload. */
export const storedSignIn = {
  read: (userId: string): StoredSignIn | null => {
    const stored = sessionStorage.getItem(KEY + userId);
    return stored === null ? null : (JSON.parse(stored) as StoredSignIn);
  },
  write: (userId: string, signIn: StoredSignIn) =>
    sessionStorage.setItem(KEY + userId, JSON.stringify(signIn)),
  forget: (userId: string) => sessionStorage.removeItem(KEY + userId),
};
