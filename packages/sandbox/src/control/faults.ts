import type { Fault } from '../rpc/faults.ts';
import { peerByUsername } from '../rpc/methods/contacts.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { PeerId } from '../state/model.ts';
import { accountOfPhone, digitsOf, knownAccount } from './accounts.ts';
import { ControlError } from './control-error.ts';
import type { FaultRequest } from './requests.ts';

export function faultOf(telegram: Telegram, request: FaultRequest): Fault {
  const { phone, user_id, method, error, drop, transport, delay_ms, times = 1, peer, lasts, slip } = request;
  return {
    method,
    times,
    ...(user_id !== undefined && { accountId: knownAccount(telegram, user_id).id }),
    ...(phone !== undefined && { phone: digitsOf(phone) }),
    ...(error !== undefined && { error }),
    ...(drop !== undefined && { drop }),
    ...(transport !== undefined && { transport }),
    ...(delay_ms !== undefined && { delayMs: delay_ms }),
    ...(peer !== undefined && { peer: knownPeer(telegram, peer) }),
    ...(lasts === true && { lasts }),
    ...(slip === true && { isSlip: slip }),
  };
}

/** @throws {ControlError} 404 if the chat does not exist. */
function knownPeer(telegram: Telegram, peer: number | string): PeerId {
  const { accounts, chats } = telegram.store.state;
  const id = /^-?\d+$/.test(String(peer)) ? Number(peer) : peerByName(telegram, String(peer));
  if (id === undefined || !(accounts.has(id) || chats.has(id)))
    throw new ControlError(404, `peer: there is no chat ${peer}`);
  return id;
}

function peerByName(telegram: Telegram, name: string): PeerId | undefined {
  if (name.startsWith('+')) return accountOfPhone(telegram, name)?.id;
  return peerByUsername(telegram, name.replace(/^@/, '').toLowerCase());
}

export type FaultView = FaultRequest & { times: number };

export function faultView({
  accountId,
  phone,
  method,
  error,
  drop,
  transport,
  delayMs,
  times,
  peer,
  lasts,
  isSlip,
}: Fault): FaultView {
  return {
    method,
    times,
    ...(accountId !== undefined && { user_id: accountId }),
    ...(phone !== undefined && { phone: `+${phone}` }),
    ...(error !== undefined && { error }),
    ...(drop !== undefined && { drop }),
    ...(transport !== undefined && { transport }),
    ...(delayMs !== undefined && { delay_ms: delayMs }),
    ...(peer !== undefined && { peer }),
    ...(lasts === true && { lasts }),
    ...(isSlip === true && { slip: isSlip }),
  };
}
