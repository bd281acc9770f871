import type { PrivateNews } from '@gateway/queue';
import type { Told, Typing } from '@gateway/telegram';

/** Telegram's own account, which nobody answers. */
const SERVICE_ACCOUNT = '777000';

/**
 * What updates tell of private chats, whether or not the account's filter lets their events through.
 * @param now when they were received, ms since the epoch.
 */
export function privateNews(told: readonly (Told | Typing)[], now: number): PrivateNews {
  return {
    reads: told.flatMap((each) =>
      each.type === 'message.read' && isPrivate(each.chat)
        ? [{ chatId: each.chat.id, upTo: each.up_to, at: now }]
        : [],
    ),
    writers: told.flatMap((each) => {
      if (each.type !== 'message.new') return [];
      const { chat, direction, service, date } = each.message;
      // A service message, such as that a contact has joined Telegram, is not written by the person.
      const isWritten = direction === 'in' && service === null && chat.id !== SERVICE_ACCOUNT;
      return isWritten && isPrivate(chat) ? [{ id: chat.id, at: Date.parse(date) }] : [];
    }),
  };
}

function isPrivate({ type }: { type: string }): boolean {
  return type === 'private' || type === 'bot';
}
