import { deleteMessages } from './delete-messages.ts';
import { editMessage } from './edit-message.ts';
import { sendMessage } from './send-message.ts';

/** What the account does at Telegram for the actions' jobs, by the names of the actions. */
export const CALLS = {
  send: sendMessage,
  'message.edit': editMessage,
  'message.delete': deleteMessages,
};

export type CallName = keyof typeof CALLS;
export type CallOptions<N extends CallName> = Parameters<(typeof CALLS)[N]>[2];
export type CallResult<N extends CallName> = Awaited<ReturnType<(typeof CALLS)[N]>>;
