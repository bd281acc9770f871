import type { SendSummary, ShownChat } from '@gateway/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useGateway } from '../gateway.ts';
import { usePolled } from '../hooks.ts';

const EVERY_MS = 15_000;
/** While one of them has not ended. */
const EVERY_MS_PENDING = 1_500;
const LIMIT = 100;

/** The gateway's sends to one chat. */
export interface ChatSends {
  /** In the order of sending. */
  pending: readonly SendSummary[];
  /** The latest first. */
  ended: readonly SendSummary[];
  reload: () => void;
}

interface ChatSendsOptions {
  userId: string;
  chatId: string;
  /** `null`: not known yet. */
  chat: ShownChat | null;
  /** They are read again at once when this changes. */
  newsCount: number;
  /** Called when one of them has ended. */
  onEnded: () => void;
}

/** Follows the gateway's sends to a chat, by its id or its username. */
export function useChatSends({ userId, chatId, chat, newsCount, onEnded }: ChatSendsOptions): ChatSends {
  const { client } = useGateway();
  const [isBusy, setIsBusy] = useState(false);
  const username = chat?.username?.toLowerCase();
  const isTo = ({ type, recipient_id: to }: SendSummary) =>
    type === 'send' &&
    (to === chatId || (username !== undefined && to.toLowerCase().replace(/^@/, '') === username));
  const { value, reload } = usePolled(
    (signal) => client.accounts.sends(userId, { limit: LIMIT, signal }),
    isBusy ? EVERY_MS_PENDING : EVERY_MS,
    [client, userId, chatId, newsCount],
  );
  const pending = value?.pending.filter(isTo) ?? [];
  const before = useRef(0);
  useEffect(() => {
    if (pending.length < before.current) onEnded();
    before.current = pending.length;
    setIsBusy(pending.length > 0);
  }, [pending.length]);
  return { pending, ended: value?.ended.filter(isTo) ?? [], reload };
}

/** The ids of the messages that a send made. */
export function messageIdsOf({ result }: SendSummary): number[] {
  const { message_ids: all, message_id: first } = result ?? {};
  const ids = Array.isArray(all) ? all : [first];
  return ids.filter((id) => typeof id === 'number');
}
