import type { EventDraft, Sender, ShownChat } from '@gateway/contracts';

/** `Omit` for each member of a union. */
type OmitEach<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What an update tells, as an event without its time. */
export type Told = OmitEach<EventDraft, 'occurred_at'> & {
  /** Telegram's time, seconds since the epoch; `null`: Telegram does not say it. */
  at: number | null;
  /** The random id under which the account sent the message, if Telegram says it. */
  randomId?: string;
};

/** Somebody is typing. It is told while it happens, and never later. */
export interface Typing {
  type: 'chat.typing';
  chat: ShownChat;
  sender: Sender | null;
  action: string;
}

/** What is told before it is known whether it was fetched later. */
export type Content = OmitEach<Told, 'caught_up'>;
