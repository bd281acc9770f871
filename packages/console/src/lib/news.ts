import { useEffect, useState } from 'preact/hooks';
import { useGateway } from './gateway.ts';

/** Events that come together are one piece of news, ms. */
const TOGETHER_MS = 300;

interface News {
  /** Grows with each piece of news of the account. */
  count: number;
  /** Whether news arrives. Otherwise the account does not receive, or the stream broke. */
  isLive: boolean;
}

/** Follows the account's events, if it receives. What they say is read again at Telegram. */
export function useNews(userId: string): News {
  const { client } = useGateway();
  const [count, setCount] = useState(0);
  const [isLive, setIsLive] = useState(true);
  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    const follow = async () => {
      for await (const _event of client.updates(userId, { signal: abort.signal })) {
        clearTimeout(timer);
        timer = window.setTimeout(() => setCount((before) => before + 1), TOGETHER_MS);
      }
    };
    follow().catch(() => {
      if (!abort.signal.aborted) setIsLive(false);
    });
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [client, userId]);
  return { count, isLive };
}
