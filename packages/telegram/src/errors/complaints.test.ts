import bigInt from 'big-integer';
import { RequestState } from 'telegram/network/RequestState.js';
import { TLMessage } from 'telegram/tl/core/index.js';
import { Api } from 'telegram/tl/index.js';
import { expect, it } from 'vitest';
import { Sender } from '../connection/sender.ts';

const MESSAGE_ID = bigInt(Date.now()).shiftLeft(22);

/** A sender with one call in flight, and what it said of its connection. */
async function inFlight() {
  const broken: string[] = [];
  const sender = await Sender.create(
    Buffer.alloc(256, 7),
    2,
    ({ message }) => broken.push(message),
    () => {},
  );
  const state = new RequestState(new Api.help.GetConfig());
  state.msgId = MESSAGE_ID;
  const complain = async (errorCode: number) => {
    sender._pendingState.set(MESSAGE_ID, state);
    const bad = { badMsgId: MESSAGE_ID, badMsgSeqno: 1, errorCode };
    const salt = new Api.BadServerSalt({ ...bad, newServerSalt: bigInt(errorCode) });
    if (errorCode === 48) await sender._handleBadServerSalt(new TLMessage(MESSAGE_ID, 1, salt));
    else await sender._handleBadNotification(new TLMessage(MESSAGE_ID, 1, new Api.BadMsgNotification(bad)));
  };
  return { sender, broken, complain };
}

it.each([16, 17, 32, 33, 48])(
  'writes a message again that was complained about (%i), but not for ever',
  async (code) => {
    const { broken, complain } = await inFlight();
    for (let time = 0; time < 8; time += 1) await complain(code);
    expect(broken).toEqual([]);
    await complain(code);
    expect(broken).toEqual([expect.stringMatching(/did not take a message, 8 times in a row: bad_/)]);
  },
);

it('counts complaints in a row: an answer between them ends the row', async () => {
  const { sender, broken, complain } = await inFlight();
  for (let time = 0; time < 20; time += 1) {
    await complain(48);
    const error = new Api.RpcError({ errorCode: 500, errorMessage: 'INTERNAL' });
    sender._handleRPCResult(new TLMessage(MESSAGE_ID, 1, { reqMsgId: bigInt(1), error }));
  }
  expect(broken).toEqual([]);
});

it.each([18, 19, 20, 34, 35, 64])(
  'gives a connection up for a complaint that writing again does not help against (%i)',
  async (code) => {
    const { broken, complain } = await inFlight();
    await complain(code);
    expect(broken).toEqual([`Telegram did not take a message: bad_msg_notification ${code}`]);
  },
);
