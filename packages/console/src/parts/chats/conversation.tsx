import type { ChatPage, SendSummary, TelegramMessage } from '@gateway/client';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useGateway } from '../../lib/gateway.ts';
import { useAction, useNow, usePolled } from '../../lib/hooks.ts';
import { useChatSends } from '../../lib/messages/chat-sends.ts';
import { chatTitle } from '../../lib/messages/chat-title.ts';
import type { News } from '../../lib/news.ts';
import { useWords } from '../../lib/words.ts';
import { Composer } from '../composer.tsx';
import { ErrorNotice } from '../notice.tsx';
import { Message } from './message.tsx';
import { OwnSend } from './own-send.tsx';
import { timelineOf } from './timeline.ts';

const EVERY_MS = 5_000;
const EVERY_MS_LIVE = 60_000;
const PAGE = 30;

interface ConversationProps {
  userId: string;
  chatId: string;
  /** `null`: it is not among the latest chats, or not read yet. */
  chat: ChatPage['chats'][number] | null;
  /** The account's id at Telegram; `null`: not read yet. */
  own: string | null;
  news: News;
  onBack: () => void;
  /** Called when the list of chats may have changed. */
  onChanged: () => void;
}

/** The messages of a chat, the newest at the end, and a form to write another. */
export function Conversation({ userId, chatId, chat, own, news, onBack, onChanged }: ConversationProps) {
  const { client } = useGateway();
  const words = useWords();
  const { t } = words;
  const now = useNow();
  const { value, error, reload } = usePolled(
    (signal) => client.accounts.messages(userId, chatId, { limit: PAGE, signal }),
    news.isLive ? EVERY_MS_LIVE : EVERY_MS,
    [client, userId, chatId, news.count],
  );
  const sends = useChatSends({ userId, chatId, chat, newsCount: news.count, onEnded: reload });
  const [older, setOlder] = useState<{ messages: TelegramMessage[]; next: string | null } | null>(null);
  const next = older === null ? (value?.next ?? null) : older.next;
  const more = useAction(async () => {
    if (next === null) return;
    const page = await client.accounts.messages(userId, chatId, { limit: PAGE, before: next });
    setOlder({ messages: [...(older?.messages ?? []), ...page.messages], next: page.next });
  });
  const markRead = useAction(async () => {
    await client.act('chat.read', { user_id: userId, recipient_id: chatId }, { wait: 10 });
    onChanged();
  });
  const messages = newestLast(value?.messages ?? [], older?.messages ?? []);
  const items = timelineOf(messages, sends, now);
  const list = useRef<HTMLOListElement>(null);
  const last = items.at(-1)?.key;
  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last]);
  const changed = () => {
    reload();
    sends.reload();
    onChanged();
  };
  const unread = chat?.unread ?? 0;
  const named = chat ?? messages.at(-1)?.chat ?? { id: chatId, title: '', username: null };
  return (
    <section class="conversation" aria-labelledby="conversation">
      <div class="card">
        <div class="conversation-head">
          <h2 id="conversation">{chatTitle(named, own, words)}</h2>
          {unread > 0 && (
            <>
              <span class="badge good">{t('{count, number} unread', { count: unread })}</span>
              <button
                type="button"
                class="small"
                disabled={markRead.busy}
                onClick={() => void markRead.run()}
              >
                {t('Mark as read')}
              </button>
            </>
          )}
          <button type="button" class="small back" onClick={onBack}>
            {t('All chats')}
          </button>
        </div>
        <ErrorNotice error={error ?? more.error ?? markRead.error} />
        {value === null && error === null && <p aria-busy="true">{t('Loading…')}</p>}
        {value !== null && items.length === 0 && <p class="empty">{t('There is nothing here yet.')}</p>}
        {next !== null && (
          <button type="button" class="small" disabled={more.busy} onClick={() => void more.run()}>
            {t('Show older messages')}
          </button>
        )}
        <ol class="messages" ref={list} tabIndex={0} aria-label={t('Messages')}>
          {items.map(({ key, message, send }) =>
            message === null ? (
              <OwnSend key={key} send={send} now={now} onChanged={changed} />
            ) : (
              <Message
                key={key}
                userId={userId}
                message={message}
                fate={fateOf(message, send, news.readUpTo.get(chatId) ?? 0)}
                now={now}
                onChanged={changed}
              />
            ),
          )}
        </ol>
      </div>
      <Composer userId={userId} to={chatId} onSent={changed} />
    </section>
  );
}

/** @param readUpTo the last message that the other side has read, as far as that is known. */
function fateOf(
  { direction, message_id: id }: TelegramMessage,
  send: SendSummary | null,
  readUpTo: number,
): 'sent' | 'read' | null {
  if (direction === 'in') return null;
  if (id <= readUpTo || (send?.read_at ?? null) !== null) return 'read';
  return send === null ? null : 'sent';
}

/** Both pages in the order of writing. The first is the newer one, and read again all the time. */
function newestLast(newer: readonly TelegramMessage[], older: readonly TelegramMessage[]): TelegramMessage[] {
  const oldest = newer.at(-1)?.message_id ?? Infinity;
  return [...newer, ...older.filter(({ message_id }) => message_id < oldest)].reverse();
}
