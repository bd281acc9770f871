import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { expect, it } from 'vitest';
import { refusal, ScriptedCaller } from '../../testing/scripted-caller.ts';
import { findInHistory, type Floor } from './history.ts';

const BOB = new Api.InputPeerUser({ userId: bigInt(7), accessHash: bigInt(70) });

function said(id: number, message: string, out = true): Api.Message {
  return new Api.Message({
    id,
    message,
    out,
    peerId: new Api.PeerUser({ userId: bigInt(7) }),
    date: id * 10,
  });
}

/** A page of a longer chat. */
function slice(messages: Api.TypeMessage[], users: Api.TypeUser[] = []): Api.messages.MessagesSlice {
  return new Api.messages.MessagesSlice({ count: 9_999, messages, chats: [], users });
}

/** `count` messages of others, ids downwards from `newest`. */
function chatter(newest: number, count = 100): Api.Message[] {
  return Array.from({ length: count }, (_, index) => said(newest - index, 'blah', false));
}

function find(floor: number | Floor, ...pages: unknown[]) {
  const caller = new ScriptedCaller({ 'messages.GetHistory': pages });
  return {
    caller,
    found: findInHistory(caller, BOB, 'Hi', typeof floor === 'number' ? { after: floor } : floor),
  };
}

it('finds the oldest of equal messages behind the last one known, since a later one is somebody else’s', async () => {
  const { found } = find(30, slice([said(50, 'Hi'), said(40, 'Hi'), said(35, 'Hi', false)]), slice([]));
  expect(await found).toMatchObject({ id: 40, date: 400 });
});

it('never finds the last one known, nor one before it, though the server gives them', async () => {
  const { found } = find(40, slice([said(41, 'other'), said(40, 'Hi'), said(30, 'Hi')]));
  expect(await found).toBeUndefined();
});

it('finds the newest of equal messages where none before it is known', async () => {
  const { caller, found } = find(0, slice([said(50, 'Hi'), said(30, 'Hi')]));
  expect(await found).toMatchObject({ id: 50, date: 500 });
  expect(caller.calls).toHaveLength(1);
});

it('goes on to older pages, down to the last one known', async () => {
  const pages = [slice(chatter(1_000)), slice([...chatter(900, 99), said(801, 'Hi')])];
  const { caller, found } = find(800, ...pages);
  expect(await found).toMatchObject({ id: 801, date: 8_010 });
  expect(caller.calls).toMatchObject([
    { offsetId: 0, minId: 800 },
    { offsetId: 901, minId: 800 },
  ]);
});

it('finds the oldest also where an equal one lies on a newer page', async () => {
  const { found } = find(
    800,
    slice([said(1_000, 'Hi'), ...chatter(999, 99)]),
    slice([said(900, 'Hi')]),
    slice([]),
  );
  expect(await found).toMatchObject({ id: 900, date: 9_000 });
});

it('looks through no more than 2,000 messages', async () => {
  const pages = Array.from({ length: 21 }, (_, page) => slice(chatter(9_000 - page * 100)));
  const { caller, found } = find(0, ...pages);
  expect(await found).toBeUndefined();
  expect(caller.calls).toHaveLength(20);
});

it('takes no message that is older than the first try, a minute of clocks apart, and looks no further back', async () => {
  // Message 50 is of second 500.
  const pages = () => [
    slice([said(60, 'other'), said(50, 'Hi'), said(30, 'other')]),
    slice([said(20, 'Hi')]),
  ];
  expect(await find({ after: 0, since: 559_000 }, ...pages()).found).toMatchObject({ id: 50, date: 500 });
  const { caller, found } = find({ after: 0, since: 561_000 }, ...pages());
  expect(await found).toBeUndefined();
  expect(caller.calls).toHaveLength(1);
});

it('takes what it has found on one page for nothing where the next cannot be read', async () => {
  const { found } = find(30, slice([said(50, 'Hi')]), refusal(420, 'FLOOD_WAIT_30'));
  await expect(found).rejects.toMatchObject({ failure: { outcome: 'wait', seconds: 30 } });
});

it('finds its own in the chat with itself under its own id, where nothing is marked as outgoing', async () => {
  const self = new Api.User({ id: bigInt(7), self: true });
  expect(await find(0, slice([said(50, 'Hi', false)], [self])).found).toMatchObject({ id: 50 });
  const bob = new Api.User({ id: bigInt(7) });
  expect(await find(0, slice([said(50, 'Hi', false)], [bob]), slice([])).found).toBeUndefined();
});
