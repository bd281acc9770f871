import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { describe, expect, it } from 'vitest';
import { AnswerLostError, NotSentError } from '../errors/call-errors.ts';
import { Recipients } from '../peers/recipients.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { refusal, ScriptedCaller } from '../testing/scripted-caller.ts';
import type { OutgoingMessage } from './send-message.ts';
import { sendMessage } from './send-message.ts';

const MESSAGE: OutgoingMessage = {
  recipient: { kind: 'user', id: '7' },
  text: 'Привет 👋🏽',
  randomId: -(2n ** 63n) + 5n,
  linkPreview: true,
};
const SENT = new Api.UpdateShortSentMessage({ out: true, id: 40, pts: 1, ptsCount: 1, date: 1_705_320_000 });
const RESULT = { message_id: 40, date: '2024-01-15T12:00:00Z' };
const DUPLICATE = refusal(500, 'RANDOM_ID_DUPLICATE');

function bookWithSeven(): MemoryPeerBook {
  const book = new MemoryPeerBook();
  book.remember([
    { kind: 'user', id: '7', accessHash: '70', username: 'seven', phone: null, familiar: false },
  ]);
  return book;
}

function send(caller: ScriptedCaller, message: OutgoingMessage = MESSAGE, book = bookWithSeven()) {
  return sendMessage(caller, new Recipients(caller, book, () => 0), message);
}

function history(...messages: [id: number, text: string, out: boolean][]): Api.messages.Messages {
  const peerId = new Api.PeerUser({ userId: bigInt(7) });
  const all = messages.map(
    ([id, message, out]) => new Api.Message({ id, message, out, peerId, date: 1_705_320_000 }),
  );
  return new Api.messages.Messages({ messages: all, chats: [], users: [] });
}

function resolvedSeven(): Api.contacts.ResolvedPeer {
  const seven = new Api.User({ id: bigInt(7), accessHash: bigInt(71), username: 'seven' });
  const peer = new Api.PeerUser({ userId: bigInt(7) });
  return new Api.contacts.ResolvedPeer({ peer, users: [seven], chats: [] });
}

function answerOfSeven(username: string): Api.Updates {
  const seven = new Api.User({ id: bigInt(7), accessHash: bigInt(70), username });
  const updates = [new Api.UpdateMessageID({ id: 40, randomId: bigInt(MESSAGE.randomId.toString()) })];
  return new Api.Updates({ updates, users: [seven], chats: [], date: 1_705_320_000, seq: 0 });
}

function requestsOf(caller: ScriptedCaller): Api.messages.SendMessage[] {
  return caller.calls.filter((call) => call instanceof Api.messages.SendMessage);
}

it('sends under the random id that it was given, to the last bit', async () => {
  const caller = new ScriptedCaller({ 'messages.SendMessage': [SENT] });
  expect(await send(caller, { ...MESSAGE, linkPreview: false, silent: true, replyTo: 12 })).toEqual(RESULT);
  const [request] = requestsOf(caller);
  expect(request).toMatchObject({
    message: MESSAGE.text,
    noWebpage: true,
    silent: true,
    replyTo: { replyToMsgId: 12 },
  });
  expect(request?.randomId?.toString()).toBe('-9223372036854775803');
});

it('takes a duplicate random id for sent, and finds the message in the chat', async () => {
  const found = history(
    [39, 'Привет', true],
    [40, MESSAGE.text, true],
    [41, MESSAGE.text, false],
    [30, MESSAGE.text, true],
  );
  const caller = new ScriptedCaller({ 'messages.SendMessage': [DUPLICATE], 'messages.GetHistory': [found] });
  expect(await send(caller)).toEqual(RESULT);
});

it('finds its message in the chat with itself too, where nothing is marked as outgoing', async () => {
  const caller = new ScriptedCaller({
    'messages.SendMessage': [DUPLICATE],
    'messages.GetHistory': [history([40, MESSAGE.text, false])],
  });
  expect(await send(caller, { ...MESSAGE, recipient: { kind: 'self' } })).toEqual(RESULT);
});

it('leaves a duplicate that is not in the chat unknown, and never sends it under another id', async () => {
  const caller = new ScriptedCaller({
    'messages.SendMessage': [DUPLICATE],
    'messages.GetHistory': [history()],
  });
  await expect(send(caller)).rejects.toMatchObject({
    failure: { outcome: 'unknown' },
    error: { code: 'TELEGRAM_TIMEOUT', details: { rpcError: 'RANDOM_ID_DUPLICATE' } },
  });
  expect(requestsOf(caller)).toHaveLength(1);
});

it('never takes a failed look into the chat for a message that was not sent', async () => {
  for (const trouble of [
    new AnswerLostError('cut'),
    refusal(500, 'INTERNAL'),
    refusal(400, 'CHAT_ADMIN_REQUIRED'),
  ]) {
    const caller = new ScriptedCaller({
      'messages.SendMessage': [DUPLICATE],
      'messages.GetHistory': [trouble],
    });
    await expect(send(caller)).rejects.toMatchObject({ failure: { outcome: 'unknown' } });
  }
});

it('takes a duplicate for a message behind the last one known in the chat only', async () => {
  const found = history([50, MESSAGE.text, true], [40, MESSAGE.text, true], [30, MESSAGE.text, true]);
  const caller = new ScriptedCaller({ 'messages.SendMessage': [DUPLICATE], 'messages.GetHistory': [found] });
  expect(await send(caller, { ...MESSAGE, after: 30 })).toEqual(RESULT);
});

it('tells a pause that keeps it from finding a duplicate, but not that of a message just sent', async () => {
  const pause = refusal(420, 'FLOOD_WAIT_30');
  const before = new ScriptedCaller({
    'messages.SendMessage': [DUPLICATE],
    'messages.GetHistory': [pause],
  });
  await expect(send(before)).rejects.toMatchObject({ failure: { outcome: 'wait', scope: 'account' } });
  const justNow = new ScriptedCaller({
    'messages.SendMessage': [new Api.UpdatesTooLong()],
    'messages.GetHistory': [pause],
  });
  await expect(send(justNow)).rejects.toMatchObject({ failure: { outcome: 'unknown' } });
});

describe('a message that may have gone out long ago', () => {
  const OLD: OutgoingMessage = { ...MESSAGE, after: 30, searchSince: 0 };

  it('is what the chat has of it, and is not sent', async () => {
    const found = history([40, MESSAGE.text, true], [30, MESSAGE.text, true]);
    const caller = new ScriptedCaller({ 'messages.GetHistory': [found] });
    const book = bookWithSeven();
    expect(await send(caller, OLD, book)).toEqual(RESULT);
    expect(caller.methods).toEqual(['messages.GetHistory']);
    expect(book.byId('user', '7')?.familiar).toBe(true);
  });

  it('is sent where the chat does not have it', async () => {
    const caller = new ScriptedCaller({
      'messages.GetHistory': [history([30, MESSAGE.text, true])],
      'messages.SendMessage': [SENT],
    });
    expect(await send(caller, OLD)).toEqual(RESULT);
    expect(caller.methods).toEqual(['messages.GetHistory', 'messages.SendMessage']);
  });

  it.each([
    ['a pause', refusal(420, 'FLOOD_WAIT_30'), { outcome: 'wait', scope: 'account', seconds: 30 }],
    ['a lost answer', new AnswerLostError('cut'), { outcome: 'retry', reached: true }],
    ['no connection', new NotSentError('down'), { outcome: 'retry', reached: false }],
    ['a refusal', refusal(400, 'CHANNEL_PRIVATE'), { outcome: 'fail' }],
  ])('is not sent where the look fails by %s', async (_, trouble, failure) => {
    const caller = new ScriptedCaller({
      'messages.GetHistory': [trouble],
      'messages.SendMessage': [SENT],
    });
    await expect(send(caller, OLD)).rejects.toMatchObject({ failure });
    expect(caller.methods).toEqual(['messages.GetHistory']);
  });

  it('is looked for under a fresh access hash where Telegram refuses the one known', async () => {
    const caller = new ScriptedCaller({
      'messages.GetHistory': [refusal(400, 'PEER_ID_INVALID'), history([40, MESSAGE.text, true])],
      'contacts.ResolveUsername': [resolvedSeven()],
    });
    expect(await send(caller, { ...OLD, recipient: { kind: 'username', username: 'seven' } })).toEqual(
      RESULT,
    );
    expect(requestsOf(caller)).toEqual([]);
  });
});

it('makes whom it has written to familiar, whatever name Telegram gives them in the answer', async () => {
  const book = bookWithSeven();
  const caller = new ScriptedCaller({ 'messages.SendMessage': [answerOfSeven('renamed')] });
  await send(caller, { ...MESSAGE, recipient: { kind: 'username', username: 'seven' } }, book);
  expect(book.byId('user', '7')).toMatchObject({ username: 'renamed', familiar: true });
});

it('does not make familiar whom it could not write to', async () => {
  const book = bookWithSeven();
  const caller = new ScriptedCaller({ 'messages.SendMessage': [refusal(400, 'USER_IS_BLOCKED')] });
  await expect(send(caller, MESSAGE, book)).rejects.toMatchObject({ failure: { outcome: 'fail' } });
  expect(book.byId('user', '7')?.familiar).toBe(false);
});

it('looks in the chat where the answer does not tell the id', async () => {
  const caller = new ScriptedCaller({
    'messages.SendMessage': [new Api.UpdatesTooLong()],
    'messages.GetHistory': [history([40, MESSAGE.text, true])],
  });
  expect(await send(caller)).toEqual(RESULT);
});

it('does not look or try again after a lost answer', async () => {
  const caller = new ScriptedCaller({ 'messages.SendMessage': [new AnswerLostError('cut')] });
  await expect(send(caller)).rejects.toMatchObject({ failure: { outcome: 'unknown' } });
  expect(caller.methods).toEqual(['messages.SendMessage']);
});

it('resolves a peer afresh, once, when Telegram refuses the access hash that it knew', async () => {
  const caller = new ScriptedCaller({
    'messages.SendMessage': [refusal(400, 'PEER_ID_INVALID'), SENT],
    'contacts.ResolveUsername': [resolvedSeven()],
  });
  expect(await send(caller, { ...MESSAGE, recipient: { kind: 'username', username: 'seven' } })).toEqual(
    RESULT,
  );
  const requests = requestsOf(caller);
  expect(requests.map(({ peer }) => peer)).toMatchObject([
    { accessHash: bigInt(70) },
    { accessHash: bigInt(71) },
  ]);
  expect(new Set(requests.map(({ randomId }) => randomId?.toString())).size).toBe(1);
});

it('says that nobody is found when Telegram refuses the peer for good', async () => {
  const caller = new ScriptedCaller({ 'messages.SendMessage': [refusal(400, 'PEER_ID_INVALID')] });
  await expect(send(caller, { ...MESSAGE, recipient: { kind: 'chat', id: '5' } })).rejects.toMatchObject({
    failure: { outcome: 'fail' },
    error: { code: 'RECIPIENT_NOT_FOUND', details: { rpcError: 'PEER_ID_INVALID' } },
  });
});
