import type { ChatPage } from '@gateway/client';
import { useNow } from '../../lib/hooks.ts';
import { chatTitle } from '../../lib/messages/chat-title.ts';
import { MEDIA_WORDS } from '../../lib/messages/media-words.ts';
import { useWords, type Words } from '../../lib/words.ts';
import { serviceInWords } from '../../texts/service-messages.ts';

type Chat = ChatPage['chats'][number];

interface ChatListProps {
  /** `null`: not read yet. */
  chats: readonly Chat[] | null;
  /** The account's id at Telegram. */
  own: string | null;
  /** The chat that is shown beside the list. */
  open: string | undefined;
  onOpen: (id: string) => void;
}

/** The account's chats, the latest first. */
export function ChatList({ chats, own, open, onOpen }: ChatListProps) {
  const words = useWords();
  const { t, clock } = words;
  const now = useNow();
  return (
    <nav class="card chat-list" aria-label={t('Chats')}>
      {chats === null && <p aria-busy="true">{t('Loading…')}</p>}
      {chats?.length === 0 && <p class="empty">{t('This account has no chats.')}</p>}
      <ul>
        {(chats ?? []).map((chat) => (
          <li key={chat.id}>
            <button
              type="button"
              class="chat"
              aria-current={chat.id === open ? 'true' : undefined}
              onClick={() => onOpen(chat.id)}
            >
              <span class="chat-title">{chatTitle(chat, own, words)}</span>
              {chat.last_message !== null && (
                <time class="sub" dateTime={chat.last_message.date}>
                  {clock(chat.last_message.date, now)}
                </time>
              )}
              <span class="sub chat-last">{lineOf(chat, words)}</span>
              {chat.unread > 0 && (
                <span class="badge good" aria-label={t('{count, number} unread', { count: chat.unread })}>
                  {chat.unread}
                </span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** The last message in one line. */
function lineOf({ last_message: last }: Chat, { t, say }: Words): string {
  if (last === null) return '';
  if (last.redacted === true) return t('A message of Telegram, which is not shown');
  const what = last.media === null ? [] : [say(MEDIA_WORDS[last.media.type])];
  const text = last.text || (last.service === null ? '' : say(serviceInWords(last.service.type)));
  return [last.direction === 'out' ? t('You') : '', [...what, text].filter(Boolean).join(', ')]
    .filter(Boolean)
    .join(': ');
}
