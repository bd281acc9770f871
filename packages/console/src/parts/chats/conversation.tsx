import type { TelegramMessage } from '@gateway/client';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useGateway } from '../../lib/gateway.ts';
import { useAction, usePolled } from '../../lib/hooks.ts';
import type { useNews } from '../../lib/news.ts';
import { Composer } from '../composer.tsx';
import { ErrorNotice } from '../notice.tsx';
import { Message } from './message.tsx';

const EVERY_MS = 5_000;
const EVERY_MS_LIVE = 60_000;
const PAGE = 30;

interface ConversationProps {
  userId: string;
  chatId: string;
  title: string;
  news: ReturnType<typeof useNews>;
  onBack: () => void;
  onSent: () => void;
}

/** The messages of a chat, the newest at the end, and a form to write another. */
export function Conversation({ userId, chatId, title, news, onBack, onSent }: ConversationProps) {
  const { client } = useGateway();
  const { value, error, reload } = usePolled(
    (signal) => client.accounts.messages(userId, chatId, { limit: PAGE, signal }),
    news.isLive ? EVERY_MS_LIVE : EVERY_MS,
    [client, userId, chatId, news.count],
  );
  const [older, setOlder] = useState<{ messages: TelegramMessage[]; next: string | null } | null>(null);
  const next = older === null ? (value?.next ?? null) : older.next;
  const more = useAction(async () => {
    if (next === null) return;
    const page = await client.accounts.messages(userId, chatId, { limit: PAGE, before: next });
    setOlder({ messages: [...(older?.messages ?? []), ...page.messages], next: page.next });
  });
  const messages = newestLast(value?.messages ?? [], older?.messages ?? []);
  const list = useRef<HTMLOListElement>(null);
  const last = messages.at(-1)?.message_id;
  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last]);
  const changed = () => {
    reload();
    onSent();
  };
  return (
    <section class="conversation" aria-labelledby="conversation">
      <div class="card">
        <div class="label-row">
          <h2 id="conversation">{title}</h2>
          <button type="button" class="small back" onClick={onBack}>
            All chats
          </button>
        </div>
        <ErrorNotice error={error ?? more.error} />
        {value === null && error === null && <p aria-busy="true">Loading…</p>}
        {value !== null && messages.length === 0 && <p class="empty">There is nothing here yet.</p>}
        {next !== null && (
          <button type="button" class="small" disabled={more.busy} onClick={() => void more.run()}>
            Show older messages
          </button>
        )}
        <ol class="messages" ref={list} tabIndex={0} aria-label="Messages">
          {messages.map((message) => (
            <Message key={message.message_id} userId={userId} message={message} onChanged={changed} />
          ))}
        </ol>
      </div>
      <Composer userId={userId} to={chatId} onSent={changed} />
    </section>
  );
}

/** Both pages in the order of writing. The first is the newer one, and read again all the time. */
function newestLast(newer: readonly TelegramMessage[], older: readonly TelegramMessage[]): TelegramMessage[] {
  const oldest = newer.at(-1)?.message_id ?? Infinity;
  return [...newer, ...older.filter(({ message_id }) => message_id < oldest)].reverse();
}
