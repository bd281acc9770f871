import type { AccountStatus, CodeSentAnswer } from '@gateway/client';
import { text, type Text } from '@gateway/texts';
import type { Words } from './words.ts';

/** A code on its way: whose, and how it was sent. */
export interface SentCode extends Omit<CodeSentAnswer, 'status' | 'job_id' | 'phone_code_hash'> {
  phone: string;
  /** ms since the epoch. */
  sentAt: number;
}

/** The current step of a sign-in. */
export type Step =
  | { step: 'begin' }
  /** `sent` `null`: the gateway does not say it (a worker of an earlier version). */
  | { step: 'code'; sent: SentCode | null }
  | { step: 'qr' }
  | { step: 'password'; hint: string | null }
  | { step: 'done' };

/** The step that the gateway reports, the same to each browser. */
export function stepOf({
  authorized,
  state,
  sign_in: signIn,
}: Pick<AccountStatus, 'authorized' | 'state' | 'sign_in'>): Step {
  if (state === 'code_sent') return { step: 'code', sent: signIn?.by === 'code' ? sentCodeOf(signIn) : null };
  if (state === 'password_required') return { step: 'password', hint: signIn?.hint ?? null };
  if (state === 'qr_pending') return { step: 'qr' };
  return authorized ? { step: 'done' } : { step: 'begin' };
}

function sentCodeOf({
  phone_number: phone,
  sent_at: sentAt,
  ...sent
}: Extract<AccountStatus['sign_in'], { by: 'code' }>): SentCode {
  return { ...sent, phone, sentAt: Date.parse(sentAt) };
}

/** The step to show after `shown`, now that the gateway reports `next`, which may come from another browser. */
export function followingStep(shown: Step | null, next: Step): Step {
  if (shown === null) return next;
  const isUnderWay = shown.step !== 'begin' && shown.step !== 'done';
  // A sign-in that has ended without success stays: its error says why, and offers to start again.
  return isUnderWay && next.step !== 'begin' ? next : shown;
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

/** A sentence that says where the code is. */
export function codeSentInWords(sent: SentCode | null, { t, say }: Words): string {
  if (sent === null) return t('Telegram has sent a code.');
  const known = DELIVERIES[sent.delivery];
  // For an unknown way of delivery, the gateway's message says more.
  if (known === undefined) return `${sent.message}.`;
  const way = [say(known), sent.delivery_detail].filter(Boolean).join(': ');
  return t('Telegram has sent a code to {phone}, {way}.', { phone: sent.phone, way });
}
