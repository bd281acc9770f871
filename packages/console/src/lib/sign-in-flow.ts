import type { AccountStatus, CodeSentAnswer } from '@gateway/client';

/** The current step of a sign-in. */
export type Step =
  | { step: 'begin' }
  /** `sent` `null`: the sign-in was started before this page was opened. */
  | { step: 'code'; sent: CodeSentAnswer | null; sentAt: number }
  | { step: 'qr' }
  | { step: 'password'; hint: string | null }
  | { step: 'done' };

/** The step that the gateway reports. */
export function stepOf({ authorized, state }: Pick<AccountStatus, 'authorized' | 'state'>): Step {
  if (state === 'code_sent') return { step: 'code', sent: null, sentAt: 0 };
  if (state === 'password_required') return { step: 'password', hint: null };
  if (state === 'qr_pending') return { step: 'qr' };
  return authorized ? { step: 'done' } : { step: 'begin' };
}

const DELIVERIES: Record<string, string> = {
  app: 'in your Telegram app, in the chat "Telegram"',
  sms: 'by SMS',
  call: 'by a phone call',
  flash_call: 'by a call that rings once: the code is in its number',
  missed_call: 'by a missed call: the code is in the last digits of its number',
  email: 'by e-mail',
  fragment: 'at fragment.com',
  sms_word: 'by SMS, as a word',
  sms_phrase: 'by SMS, as a phrase',
};

/** How the code is delivered, as the end of "It came …". */
export function deliveryInWords(delivery: string): string {
  return DELIVERIES[delivery] ?? 'to you';
}

/** A sentence that says where the code is. `sent` `null`: it was sent before this page was opened. */
export function codeSentInWords(sent: CodeSentAnswer | null, phone: string): string {
  const code = `Telegram has sent a code${phone === '' ? '' : ` to ${phone}`}`;
  if (sent === null) return `${code}.`;
  const way = DELIVERIES[sent.delivery];
  // For an unknown way of delivery, the gateway's message says more.
  if (way === undefined) return `${sent.message}.`;
  const detail = sent.delivery_detail !== undefined ? `: ${sent.delivery_detail}` : '';
  return `${code}, ${way}${detail}.`;
}

const KEY = 'gateway-sign-in-phone:';

/** The phone number of the sign-in, kept when the page is reloaded. */
export const storedPhone = {
  read: (userId: string): string => sessionStorage.getItem(KEY + userId) ?? '',
  write: (userId: string, phone: string) => sessionStorage.setItem(KEY + userId, phone),
  forget: (userId: string) => sessionStorage.removeItem(KEY + userId),
};
