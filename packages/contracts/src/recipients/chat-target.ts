import * as z from 'zod';
import { CHAT_TARGET } from '../documented.ts';
import { inviteHash, inviteLink } from './invites.ts';
import { parseRecipient, recipientIdSchema } from './recipient.ts';
import { INVITE } from './telegram-links.ts';

const DAMAGED = 'is an invite link without a valid code: copy the whole link again';
const PERSON = 'names a person, with whom a chat is neither joined nor left';

/**
 * `recipient_id` of a request that joins or leaves a chat: an invite link, or a group or channel. A username may turn
 * out to be a person's later.
 */
export const chatTargetSchema = z
  .union([z.string(), z.int()])
  .meta({ id: 'ChatTarget', ...CHAT_TARGET })
  .transform((value, context) => {
    const hash = inviteHash(String(value));
    if (hash !== undefined) return inviteLink(hash);
    const parsed = recipientIdSchema.safeParse(value);
    for (const { message } of parsed.error?.issues ?? [])
      context.addIssue({ code: 'custom', message: message === INVITE ? DAMAGED : message });
    if (!parsed.success) return z.NEVER;
    const recipient = parseRecipient(parsed.data);
    if (typeof recipient === 'string' || ['chat', 'channel', 'username'].includes(recipient.kind))
      return parsed.data;
    context.addIssue({ code: 'custom', message: PERSON });
    return z.NEVER;
  });
