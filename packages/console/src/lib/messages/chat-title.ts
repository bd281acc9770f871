import type { ChatPage } from '@gateway/client';
import type { Words } from '../words.ts';

/** What a chat is called. @param own the account's id at Telegram: people know the chat with it as Saved Messages. */
export function chatTitle(
  { id, title, username }: Pick<ChatPage['chats'][number], 'id' | 'title' | 'username'>,
  own: string | null,
  { t }: Words,
): string {
  return id === own ? t('Saved Messages') : title || username || id;
}
