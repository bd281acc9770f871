import { beforeEach, expect, test } from 'vitest';
import { DirectTelegram, type DirectClient } from '../testing/direct-telegram.ts';

let telegram: DirectTelegram;
let alice: DirectClient;
beforeEach(async () => {
  telegram = new DirectTelegram();
  alice = telegram.client('a');
  await alice.signIn('+9996621001');
});

/** Calls as layer 158 declares them. */
const me = { _: 'inputPeerSelf' };
const sent = () => telegram.control.messages().at(-1);

test('a reply is in the fields of the call', async () => {
  await alice.send(me, 'first');
  const id = sent()?.id ?? 0;
  await alice.send(me, 'second', { reply_to_msg_id: id });
  expect(sent()).toMatchObject({ text: 'second', reply_to: id });
});

test('the texts of a poll are plain', async () => {
  const answers = ['yes', 'no'].map((text) => ({ _: 'pollAnswer', text, option: Buffer.from(text) }));
  const poll = { _: 'poll', id: 0n, question: 'Tea?', answers };
  const media = { _: 'inputMediaPoll', poll };
  await alice.call('messages.sendMedia', { peer: me, media, message: '', random_id: 5n });
  expect(sent()).toMatchObject({ media: { type: 'poll', question: 'Tea?', options: ['yes', 'no'] } });
});
