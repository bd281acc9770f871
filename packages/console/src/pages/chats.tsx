import { useLocation } from 'wouter-preact';
import { Link } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { usePolled, useTitle } from '../lib/hooks.ts';
import { useNews } from '../lib/news.ts';
import { ChatList } from '../parts/chats/chat-list.tsx';
import { Conversation } from '../parts/chats/conversation.tsx';
import { ErrorNotice } from '../parts/notice.tsx';

/** Each reading is a call to Telegram. With news, polling only covers what Telegram does not tell. */
const EVERY_MS = 15_000;
const EVERY_MS_LIVE = 120_000;
const LIMIT = 50;

/** The chats of an account, and the messages of the one that the URL names. */
export function ChatsPage({ userId, chatId }: { userId: string; chatId: string | undefined }) {
  useTitle(`Chats of ${userId}`);
  const { client } = useGateway();
  const [, go] = useLocation();
  const news = useNews(userId);
  const { value, error, reload } = usePolled(
    (signal) => client.accounts.chats(userId, { limit: LIMIT, signal }),
    news.isLive ? EVERY_MS_LIVE : EVERY_MS,
    [client, userId, news.count],
  );
  const account = `/accounts/${encodeURIComponent(userId)}`;
  const chat = value?.chats.find(({ id }) => id === chatId);
  return (
    <>
      <div class="headline">
        <h1>
          <Link href={account}>{userId}</Link> Chats
        </h1>
      </div>
      <ErrorNotice error={error} />
      <div class="chats" data-open={chatId !== undefined}>
        <ChatList
          chats={value?.chats ?? null}
          open={chatId}
          onOpen={(id) => go(`${account}/chats/${encodeURIComponent(id)}`)}
        />
        {chatId === undefined ? (
          <p class="empty card chat-none">Choose a chat to read it.</p>
        ) : (
          <Conversation
            key={chatId}
            userId={userId}
            chatId={chatId}
            news={news}
            title={chat?.title || chatId}
            onBack={() => go(`${account}/chats`)}
            onSent={reload}
          />
        )}
      </div>
    </>
  );
}
