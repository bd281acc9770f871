import { GatewayApiError } from '@gateway/client';
import { useEffect, useState } from 'preact/hooks';
import { useGateway } from './gateway.ts';

/** Events that come together are one piece of news, ms. */
const TOGETHER_MS = 300;
/** ms until a stream that broke is opened again. */
const REOPEN_MS = 15_000;

export interface News {
  /** Grows with each piece of news of the account. */
  count: number;
  /** Whether news arrives. Otherwise the account does not receive, or the stream broke. */
  isLive: boolean;
  /** Whether the account does not receive. */
  isOff: boolean;
  /** By chat: the last message that the other side has read, as far as the stream has said. */
  readUpTo: ReadonlyMap<string, number>;
  /** Follows the events anew, after receiving was turned on. */
  restart: () => void;
}

/** Follows the account's events, if it receives. What they say is read again at Telegram. */
export function useNews(userId: string): News {
  const { client } = useGateway();
  const [count, setCount] = useState(0);
  const [turn, setTurn] = useState(0);
  const [stream, setStream] = useState({ isLive: true, isOff: false });
  const [readUpTo, setReadUpTo] = useState<ReadonlyMap<string, number>>(new Map());
  const restart = () => setTurn((before) => before + 1);
  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    let reopening: number | undefined;
    setStream({ isLive: true, isOff: false });
    const follow = async () => {
      for await (const event of client.updates(userId, { signal: abort.signal })) {
        if (event.type === 'message.read')
          setReadUpTo((before) => new Map(before).set(event.chat.id, event.up_to));
        clearTimeout(timer);
        timer = window.setTimeout(() => setCount((before) => before + 1), TOGETHER_MS);
      }
    };
    follow().catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const isOff = error instanceof GatewayApiError && error.code === 'RECEIVING_OFF';
      setStream({ isLive: false, isOff });
      if (!isOff) reopening = window.setTimeout(restart, REOPEN_MS);
    });
    return () => {
      abort.abort();
      clearTimeout(timer);
      clearTimeout(reopening);
    };
  }, [client, userId, turn]);
  return { count, ...stream, readUpTo, restart };
}
