import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { describe, expect, it } from 'vitest';
import { sentMessageIn, toSendResult } from './sent-message.ts';

const RANDOM_ID = '-9007199254740993';
const idUpdate = (id: number, randomId = RANDOM_ID) =>
  new Api.UpdateMessageID({ id, randomId: bigInt(randomId) });
const rest = { users: [], chats: [], seq: 0 };

function newMessage(id: number, date: number): Api.UpdateNewMessage {
  const peerId = new Api.PeerUser({ userId: bigInt(1) });
  return new Api.UpdateNewMessage({
    message: new Api.Message({ id, date, peerId, message: 'x' }),
    pts: 1,
    ptsCount: 1,
  });
}

describe('sentMessageIn', () => {
  it('reads the short answer', () => {
    const answer = new Api.UpdateShortSentMessage({
      out: true,
      id: 7,
      pts: 1,
      ptsCount: 1,
      date: 1_705_320_000,
    });
    expect(sentMessageIn(answer, RANDOM_ID)).toEqual({ id: 7, date: 1_705_320_000 });
  });

  it('picks the message by its random id, with the date of the message itself', () => {
    const updates = [idUpdate(8, '5'), idUpdate(9), newMessage(8, 100), newMessage(9, 200)];
    expect(sentMessageIn(new Api.Updates({ updates, ...rest, date: 300 }), RANDOM_ID)).toEqual({
      id: 9,
      date: 200,
      message: expect.objectContaining({ id: 9, date: 200 }),
    });
  });

  it('takes the date of the answer where the message is not in it', () => {
    expect(sentMessageIn(new Api.Updates({ updates: [idUpdate(9)], ...rest, date: 300 }), RANDOM_ID)).toEqual(
      { id: 9, date: 300 },
    );
    expect(sentMessageIn(new Api.UpdateShort({ update: idUpdate(9), date: 300 }), RANDOM_ID)).toEqual({
      id: 9,
      date: 300,
    });
  });

  it('finds nothing in an answer about something else', () => {
    expect(
      sentMessageIn(new Api.Updates({ updates: [idUpdate(9, '5')], ...rest, date: 300 }), RANDOM_ID),
    ).toBeUndefined();
    expect(sentMessageIn(new Api.UpdatesTooLong(), RANDOM_ID)).toBeUndefined();
  });
});

it('writes dates in UTC with seconds', () => {
  expect(toSendResult({ id: 1, date: 1_705_320_000 }, '1')).toEqual({
    message_id: 1,
    date: '2024-01-15T12:00:00Z',
  });
});
