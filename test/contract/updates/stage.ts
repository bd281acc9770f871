import type { EventDraft } from '@gateway/contracts';
import { Receiver } from '@gateway/webhooks/testing';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { OpenStream } from '../../env/event-source.ts';
import { BOB, COMMON, Incoming, newMessage } from '../../env/incoming.ts';
import { Stack } from '../../env/stack.ts';

/** Events that an account keeps. */
export const MAX = 5;
export const MAX_BYTES = 64 * 1_024;
export const DAY = 86_400_000;
export const PATH = '/telegram/accounts/alice/updates';

/** A product in which alice receives, and which tests append events to. */
export interface EventsStage {
  stack: Stack;
  incoming: Incoming;
  /** Telegram's id of the account. */
  alice: number;
  /** A receiver of webhooks for the current test. */
  receiver: Receiver;
}

/** Starts the product for the tests of the file that calls this. @returns the stage, from `beforeAll` on. */
export function useEventsStage(): () => EventsStage {
  let stage: Omit<EventsStage, 'receiver'> | undefined;
  let receiver: Receiver | undefined;
  beforeAll(async () => {
    const stack = await Stack.start({
      API_KEYS: 'all,alices:alice,bobs:bob',
      WEBHOOK_SECRET: 'a secret of 16 characters',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      EVENTS_MAX_BYTES: String(MAX_BYTES),
    });
    stack.api.headers = { 'X-API-Key': 'all' };
    const incoming = new Incoming(stack.redis.address, { shards: 4, max: MAX });
    stage = { stack, incoming, alice: await stack.signIn('alice', '+9996627801') };
    await incoming.turn('alice', true);
  });
  afterAll(async () => {
    stage?.incoming.close();
    await stage?.stack[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    receiver = await Receiver.start();
  });
  afterEach(() => receiver?.[Symbol.asyncDispose]());
  return () => {
    if (stage === undefined) throw new Error('the product runs only while the tests do');
    const { stack, incoming, alice } = stage;
    return {
      stack,
      incoming,
      alice,
      get receiver() {
        if (receiver === undefined) throw new Error('a receiver runs only while a test does');
        return receiver;
      },
    };
  };
}

let messages = 0;

/** What the tests of events do over and over. */
export function eventTools(stage: () => EventsStage) {
  const arrive = (more: Parameters<typeof newMessage>[2] = {}, chat = BOB, account = 'alice') => {
    messages += 1;
    return stage().incoming.append(account, newMessage(chat, messages, more));
  };
  const gap: EventDraft = { type: 'updates.gap', ...COMMON, chat: null, reason: 'off' };
  const read = (query: string) => stage().stack.api.get(`${PATH}?${query}`);
  const stream = (query = '', headers = {}) => {
    const { api } = stage().stack;
    const accept = { Accept: 'text/event-stream' };
    return OpenStream.open(`${api.url}${PATH}${query}`, { ...api.headers, ...accept, ...headers });
  };
  const create = async (more: object = {}, headers = {}) => {
    const { stack, receiver } = stage();
    const events = ['message.new', 'updates.gap'];
    return stack.api.post('/webhooks', { url: receiver.url, user_ids: ['alice'], events, ...more }, headers);
  };
  const of = (id: string) =>
    stage().receiver.received.filter(({ headers }) => headers['x-webhook-subscription'] === id);
  const seqs = (id: string) => of(id).map(({ body }) => JSON.parse(body).seq);
  const show = async (id: string) => (await stage().stack.api.get(`/webhooks/${id}`)).body;
  return { arrive, gap, read, stream, create, of, seqs, show };
}
