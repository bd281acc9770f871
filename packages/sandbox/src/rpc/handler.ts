import type { PeerId } from '../state/model.ts';
import { DropConnection, RpcError, type RpcCall, type RpcHandler, type TlValue } from '../types.ts';
import { endAuthorization } from './authorizations.ts';
import { dispatch } from './dispatch.ts';
import { endsAuthorization, rpcError } from './errors.ts';
import type { Fault, FaultTarget } from './faults.ts';
import { optionalObject } from './fields.ts';
import { messageByRandomId, randomIdsOf } from './messages/random-ids.ts';
import { tooLongDifference } from './methods/updates.ts';
import { peerOfInput } from './peers.ts';
import type { Telegram } from './telegram.ts';

/** Answers calls as Telegram would, unless a fault applies. */
export function createRpcHandler(telegram: Telegram): RpcHandler {
  return async (call) => {
    const fault = telegram.faults.take(targetOf(telegram, call), telegram.now());
    if (fault?.delayMs !== undefined) await telegram.faults.delay(fault.delayMs);
    return countingSends(telegram, call, () => carryOut(telegram, call, fault));
  };
}

function carryOut(telegram: Telegram, call: RpcCall, fault: Fault | undefined): TlValue {
  const takesEffect = fault?.drop === 'after';
  if (fault !== undefined && isCut(fault) && !takesEffect) throw new DropConnection(fault.transport);
  if (fault?.error !== undefined) {
    if (endsAuthorization(fault.error) && fault.isSlip !== true)
      endAuthorization(telegram, call.authKeyId, fault.error);
    throw rpcError(fault.error);
  }
  if (fault?.tooLong === true) return tooLongDifference(telegram, call, dispatch(telegram, call));
  if (fault === undefined || !takesEffect) return dispatch(telegram, call);
  try {
    dispatch(telegram, call);
  } catch (error) {
    if (!(error instanceof RpcError)) throw error;
  }
  throw new DropConnection(fault.transport);
}

function isCut({ drop, transport }: Fault): boolean {
  return drop !== undefined || transport !== undefined;
}

/** The properties of a call that faults match on. */
function targetOf({ store }: Telegram, { query, authKeyId }: RpcCall): FaultTarget {
  const signedIn = store.state.accounts.get(store.state.authorizations.get(authKeyId)?.accountId ?? 0);
  const named = query['phone_number'];
  const phone = typeof named === 'string' ? named.replace(/\D/g, '') : signedIn?.phone;
  const account = phone === undefined ? undefined : store.state.accountByPhone.get(phone);
  let peer: PeerId | undefined;
  try {
    const input = ['peer', 'to_peer', 'channel'].map((field) => optionalObject(query, field)).find(Boolean);
    if (input !== undefined && signedIn !== undefined) peer = peerOfInput(store, signedIn, input);
  } catch (error) {
    // Ignored: the call itself answers that there is no such chat.
    if (!(error instanceof RpcError)) throw error;
  }
  return { method: query._, accountId: account?.id, phone, peer };
}

/** Counts random ids that created no message: the send was refused or cut off, or an earlier message has the id. */
function countingSends({ store }: Telegram, call: RpcCall, run: () => TlValue): TlValue {
  const accountId = store.state.authorizations.get(call.authKeyId)?.accountId ?? 0;
  const randomIds = randomIdsOf(call.query);
  const isMade = (randomId: bigint): boolean => messageByRandomId(store, accountId, randomId) !== undefined;
  const before = randomIds.map(isMade);
  try {
    return run();
  } finally {
    for (const [index, randomId] of randomIds.entries()) {
      if (before[index] === true || !isMade(randomId))
        store.commit({ type: 'fruitless_send', randomId: String(randomId), times: 1 });
    }
  }
}
