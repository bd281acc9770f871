import type { Fault } from '../rpc/faults.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { PushFault } from '../rpc/updates/push-faults.ts';
import { accountOfPhone, digitsOf, knownAccount } from './accounts.ts';
import { ControlError } from './control-error.ts';
import type { DifferenceFaultRequest, FaultRequest, PushFaultRequest } from './http/fault-requests.ts';
import { knownPeer } from './peers.ts';

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
    ...(peer !== undefined && { peer: knownPeer(telegram, peer, 'peer') }),
    ...(lasts === true && { lasts }),
    ...(slip === true && { isSlip: slip }),
  };
}

export function differenceFaultOf(telegram: Telegram, request: DifferenceFaultRequest): Fault {
  const { difference, phone, user_id, times } = request;
  const method = difference === 'too_long' ? 'updates.getDifference' : 'updates.getChannelDifference';
  const whose = { ...(phone !== undefined && { phone }), ...(user_id !== undefined && { user_id }) };
  return { ...faultOf(telegram, { method, ...whose, ...(times !== undefined && { times }) }), tooLong: true };
}

/** @throws {ControlError} 404 if the account does not exist. */
export function pushFaultOf(
  telegram: Telegram,
  { updates: kind, phone, user_id, times = 1 }: PushFaultRequest,
): PushFault {
  const account =
    user_id === undefined
      ? phone === undefined
        ? undefined
        : accountOfPhone(telegram, phone)
      : knownAccount(telegram, user_id);
  if (phone !== undefined && account === undefined)
    throw new ControlError(404, `phone: ${phone} has no account`);
  return { kind, times, ...(account !== undefined && { accountId: account.id }) };
}

export type FaultView = FaultRequest & { times: number; difference?: 'too_long' };

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
  tooLong,
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
    ...(tooLong === true && { difference: 'too_long' as const }),
  };
}

export type PushFaultView = PushFaultRequest & { times: number };

export function pushFaultView({ kind, accountId, times }: PushFault): PushFaultView {
  return { updates: kind, times, ...(accountId !== undefined && { user_id: accountId }) };
}
