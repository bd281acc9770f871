import * as z from 'zod';
import type { UserInfo } from '../account.ts';
import { recipientText } from '../recipients/recipient-forms.ts';
import { parseRecipient } from '../recipients/recipient.ts';
import { requestBody } from '../request-body.ts';

/** Times of incoming messages are kept for so long. */
const MAX_HOURS = 720;
const CHOICE = 'must be false, or an object with within_hours';
const HOURS = `must be whole hours, 1 to ${MAX_HOURS}`;

/** The account may write only to people who have written to it within the last hours. */
export const repliesOnlySchema = z.object({ within_hours: z.int() }).meta({ id: 'RepliesOnly' });
export type RepliesOnly = z.infer<typeof repliesOnlySchema>;

/** `replies_only` of a request. `false`: the account may write to anybody. */
export const repliesOnlyChoiceSchema = z.union([
  z.literal(false, CHOICE),
  requestBody({ within_hours: z.int(HOURS).min(1, HOURS).max(MAX_HOURS, HOURS) }, { otherwise: CHOICE }),
]);
export type RepliesOnlyChoice = z.infer<typeof repliesOnlyChoiceSchema>;

/**
 * Who must have written before the account may write to this recipient: the id of a person or bot, `@username` in lower
 * case, or a phone number with its plus. `null`: nobody, because it is a group, a channel or the account itself. A
 * username may belong to a group or channel.
 * @param self who the account is.
 */
export function whoMustHaveWritten(recipientId: string, self: UserInfo | null): string | null {
  const recipient = parseRecipient(recipientId);
  if (typeof recipient === 'string') return null;
  if (recipient.kind === 'self' || recipient.kind === 'chat' || recipient.kind === 'channel') return null;
  const who = recipientText(recipient);
  if (self === null) return who;
  const { id, username, phone_number } = self;
  const own = [String(id), username === null ? null : `@${username.toLowerCase()}`, phone_number];
  return own.includes(who) ? null : who;
}
