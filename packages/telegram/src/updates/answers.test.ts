import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { describe, expect, test } from 'vitest';
import { updatesInAnswer } from './answers.ts';
import { containerOf, messageIn } from './arrivals.ts';

const OWN = '5';
const BOB = new Api.InputPeerUser({ userId: bigInt(7), accessHash: bigInt(1) });
const TEAM = new Api.InputChannel({ channelId: bigInt(9), accessHash: bigInt(1) });

function arrivalsIn(request: Api.AnyRequest, answer: unknown) {
  const updates = updatesInAnswer(request, answer, OWN);
  return updates === undefined ? [] : containerOf(updates).arrivals.filter(({ pts }) => pts !== null);
}

describe('answers to own calls', () => {
  test('the short answer to a send is the new message, under its random id', () => {
    const request = new Api.messages.SendMessage({ peer: BOB, message: 'hi', randomId: bigInt(-3) });
    const answer = new Api.UpdateShortSentMessage({ out: true, id: 12, pts: 40, ptsCount: 1, date: 1_000 });
    const [arrival] = arrivalsIn(request, answer);
    expect(arrival).toMatchObject({ pts: 40, count: 1, channelId: null, needs: ['7'], randomId: '-3' });
    const message = arrival && messageIn(arrival.update);
    expect(message).toMatchObject({ id: 12, message: 'hi', out: true, date: 1_000 });
    expect(message?.peerId).toMatchObject({ userId: bigInt(7) });
  });

  test('a deletion counts in the sequence of its chat, and one that deleted nothing is no update', () => {
    const inChat = new Api.messages.DeleteMessages({ id: [1, 2] });
    const inChannel = new Api.channels.DeleteMessages({ channel: TEAM, id: [3] });
    const affected = (pts: number, ptsCount: number) => new Api.messages.AffectedMessages({ pts, ptsCount });
    expect(arrivalsIn(inChat, affected(42, 2))).toMatchObject([
      { pts: 42, count: 2, channelId: null, update: { messages: [1, 2] } },
    ]);
    expect(arrivalsIn(inChannel, affected(5, 1))).toMatchObject([
      { pts: 5, count: 1, channelId: '9', update: { messages: [3] } },
    ]);
    expect(arrivalsIn(inChat, affected(42, 0))).toEqual([]);
  });

  test('a read counts, and an answer without numbers says nothing', () => {
    const read = new Api.messages.ReadHistory({ peer: BOB, maxId: 6 });
    const affected = new Api.messages.AffectedMessages({ pts: 43, ptsCount: 1 });
    expect(arrivalsIn(read, affected)).toMatchObject([{ pts: 43, count: 1, update: { maxId: 6 } }]);
    expect(arrivalsIn(read, true)).toEqual([]);
    const inChannel = new Api.channels.ReadHistory({ channel: TEAM, maxId: 8 });
    const told = { updates: [{ maxId: 8, channelId: bigInt(9) }] };
    expect(updatesInAnswer(inChannel, true, OWN)).toMatchObject(told);
    expect(updatesInAnswer(inChannel, false, OWN)).toBeUndefined();
  });
});

describe('short updates', () => {
  test('name their people by id, who must be known', () => {
    const fields = { id: 3, message: 'hello', pts: 11, ptsCount: 1, date: 1_000 };
    const fromBob = new Api.UpdateShortMessage({ ...fields, userId: bigInt(7) });
    const inGroup = new Api.UpdateShortChatMessage({ ...fields, fromId: bigInt(7), chatId: bigInt(8) });
    expect(containerOf(fromBob).arrivals).toMatchObject([{ pts: 11, count: 1, needs: ['7'] }]);
    expect(containerOf(inGroup).arrivals).toMatchObject([{ pts: 11, count: 1, needs: ['7', '-8'] }]);
    expect(containerOf(new Api.UpdatesTooLong())).toMatchObject({ arrivals: [], isTooLong: true });
  });
});
