import type { Fault } from '../rpc/faults.ts';
import type { FileFault } from '../rpc/media/file-faults.ts';
import type { Telegram } from '../rpc/telegram.ts';
import type { PushFault } from '../rpc/updates/push-faults.ts';
import { accountOfPhone, digitsOf, knownAccount } from './accounts.ts';
import { ControlError } from './control-error.ts';
import type {
  DifferenceFaultRequest,
  FaultRequest,
  FileFaultRequest,
  PushFaultRequest,
} from './http/fault-requests.ts';
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
  { updates: kind, times = 1, ...whose }: PushFaultRequest,
): PushFault {
  return { kind, times, ...accountMeant(telegram, whose) };
}

/** @throws {ControlError} 404 if the account does not exist. */
export function fileFaultOf(telegram: Telegram, request: FileFaultRequest): FileFault {
  const { file_reference, times = 1 } = request;
  const kind = file_reference === undefined ? 'missing_parts' : 'expired_reference';
  return { kind, times, ...accountMeant(telegram, request) };
}

function accountMeant(
  telegram: Telegram,
  { phone, user_id }: { phone?: string | undefined; user_id?: number | undefined },
): { accountId?: number } {
  if (user_id !== undefined) return { accountId: knownAccount(telegram, user_id).id };
  if (phone === undefined) return {};
  const account = accountOfPhone(telegram, phone);
  if (account === undefined) throw new ControlError(404, `phone: ${phone} has no account`);
  return { accountId: account.id };
}

export type FaultView = FaultRequest & { times: number; difference?: 'too_long' | 'channel_too_long' };

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
    ...(tooLong === true && {
      difference: method === 'updates.getDifference' ? ('too_long' as const) : ('channel_too_long' as const),
    }),
  };
}

export type PushFaultView = PushFaultRequest & { times: number };

export function pushFaultView({ kind, accountId, times }: PushFault): PushFaultView {
  return { updates: kind, times, ...(accountId !== undefined && { user_id: accountId }) };
}

export type FileFaultView = FileFaultRequest & { times: number };

export function fileFaultView({ kind, accountId, times }: FileFault): FileFaultView {
  const what =
    kind === 'missing_parts' ? { file_parts: 'missing' as const } : { file_reference: 'expired' as const };
  return { ...what, times, ...(accountId !== undefined && { user_id: accountId }) };
}
