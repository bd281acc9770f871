import { Link, useLocation } from 'wouter-preact';
import { useGateway } from '../lib/gateway.ts';
import { useAction, usePolled, useTitle } from '../lib/hooks.ts';
import { useNews } from '../lib/news.ts';
import { useWords } from '../lib/words.ts';
import { ChatList } from '../parts/chats/chat-list.tsx';
import { Conversation } from '../parts/chats/conversation.tsx';
import { ErrorNotice, Notice } from '../parts/notice.tsx';

/** Each reading is a call to Telegram. With news, polling only covers what Telegram does not tell. */
const EVERY_MS = 15_000;
const EVERY_MS_LIVE = 120_000;
const LIMIT = 50;

/** The chats of an account, and the messages of the one that the URL names. */
export function ChatsPage({ userId, chatId }: { userId: string; chatId: string | undefined }) {
  const { client } = useGateway();
  const { t } = useWords();
  const [, go] = useLocation();
  const news = useNews(userId);
  const { value, error, reload } = usePolled(
    async (signal) => {
      const [{ chats }, { user_info: user }] = await Promise.all([
        client.accounts.chats(userId, { limit: LIMIT, signal }),
        client.status(userId, { signal }),
      ]);
      return { chats, own: user === null ? null : String(user.id) };
    },
    news.isLive ? EVERY_MS_LIVE : EVERY_MS,
    [client, userId, news.count],
  );
  const unread = (value?.chats ?? []).reduce((sum, chat) => sum + chat.unread, 0);
  useTitle(`${unread > 0 ? `(${unread}) ` : ''}${t('Chats of {account}', { account: userId })}`);
  const receive = useAction(async () => {
    await client.receive(userId, { enabled: true });
    news.restart();
  });
  const account = `/accounts/${encodeURIComponent(userId)}`;
  const chat = value?.chats.find(({ id }) => id === chatId);
  return (
    <>
      <div class="headline">
        <h1>
          <Link href={account}>{userId}</Link> {t('Chats')}
          {unread > 0 && <span class="badge good">{t('{count, number} unread', { count: unread })}</span>}
        </h1>
      </div>
      <ErrorNotice error={error ?? receive.error} />
      {news.isOff && (
        <Notice tone="info">
          {t('This account does not receive yet, so what is new appears after some seconds.')}{' '}
          <button type="button" class="link" disabled={receive.busy} onClick={() => void receive.run()}>
            {t('Receive at once')}
          </button>
        </Notice>
      )}
      <div class="chats" data-open={chatId !== undefined}>
        <ChatList
          chats={value?.chats ?? null}
          own={value?.own ?? null}
          open={chatId}
          onOpen={(id) => go(`${account}/chats/${encodeURIComponent(id)}`)}
        />
        {chatId === undefined ? (
          <p class="empty card chat-none">{t('Choose a chat to read it.')}</p>
        ) : (
          <Conversation
            key={chatId}
            userId={userId}
            chatId={chatId}
            chat={chat ?? null}
            own={value?.own ?? null}
            news={news}
            onBack={() => go(`${account}/chats`)}
            onChanged={reload}
          />
        )}
      </div>
    </>
  );
}
