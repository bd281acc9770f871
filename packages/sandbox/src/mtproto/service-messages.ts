import { serviceCodec } from '../tl/service.ts';
import { RpcError, type TlObject, type TlValue } from '../types.ts';
import type { Caller } from './api-calls.ts';
import type { KeyRing } from './auth-key.ts';
import { bindTempKey } from './bind-temp-key.ts';
import type { ServerContext } from './context.ts';
import { hexOf, longOf, longsOf, numberOf } from './fields.ts';
import { writeRpcResult } from './message.ts';
import type { MtprotoSession } from './session.ts';

/** Values and flags of a message's state in `msgs_state_info`. */
const STATE_RUNNING = 32;
const STATE_ANSWERED = 64;
const STATE_UNKNOWN = 1;
const STATE_RECEIVED = 4;

type Handle = (caller: Caller, msgId: bigint, message: TlObject) => void;

/** Answers MTProto service messages, i.e. messages that are neither API calls nor containers. */
export class ServiceMessages {
  readonly #context: ServerContext;
  readonly #keys: KeyRing;

  constructor(context: ServerContext, keys: KeyRing) {
    this.#context = context;
    this.#keys = keys;
  }

  /** Handles one service message. Ignores messages that a client has no reason to send or that need no answer. */
  handle(caller: Caller, msgId: bigint, message: TlObject): void {
    this.#handlers[message._]?.(caller, msgId, message);
    caller.session.flushSoon();
  }

  readonly #handlers: Record<string, Handle | undefined> = {
    msgs_ack: ({ session }, _msgId, message) => {
      for (const acknowledged of longsOf(message, 'msg_ids')) session.outbox.acknowledged(acknowledged);
    },
    ping: ({ session }, msgId, message) => {
      say(session, { _: 'pong', msg_id: msgId, ping_id: longOf(message, 'ping_id') });
    },
    ping_delay_disconnect: ({ session, connection }, msgId, message) => {
      connection.closeAfter(numberOf(message, 'disconnect_delay') * 1000);
      say(session, { _: 'pong', msg_id: msgId, ping_id: longOf(message, 'ping_id') });
    },
    get_future_salts: ({ session, key }, msgId, message) => {
      const now = this.#context.clock();
      const salts = key.salts.upcoming(numberOf(message, 'num'), now);
      say(session, { _: 'future_salts', req_msg_id: msgId, now: Math.floor(now / 1000), salts });
    },
    destroy_session: ({ session, key }, _msgId, message) => {
      const sessionId = longOf(message, 'session_id');
      const id = hexOf(sessionId);
      const isDestroyed = id !== session.id && key.destroySession(id);
      say(session, { _: isDestroyed ? 'destroy_session_ok' : 'destroy_session_none', session_id: sessionId });
    },
    'auth.bindTempAuthKey': (caller, msgId, message) => {
      caller.session.outbox.answer(msgId, writeRpcResult(msgId, this.#bind(caller, msgId, message)));
    },
    destroy_auth_key: ({ session, key }) => {
      say(session, { _: 'destroy_auth_key_ok' });
      session.flush();
      this.#keys.drop(key.id).catch((error: unknown) => this.#context.onError(error, 'destroy_auth_key'));
    },
    rpc_drop_answer: ({ session }, msgId, message) => {
      const result = serviceCodec.encode(dropAnswer(session, longOf(message, 'req_msg_id')), 'RpcDropAnswer');
      session.outbox.answer(msgId, writeRpcResult(msgId, result));
    },
    msgs_state_req: ({ session }, msgId, message) => {
      sayStates(
        session,
        msgId,
        longsOf(message, 'msg_ids').map((id) => stateOf(session, id)),
      );
    },
    msg_resend_req: ({ session }, msgId, message) => {
      const states = longsOf(message, 'msg_ids').map((id) =>
        session.outbox.repeat(id) ? STATE_RECEIVED : STATE_UNKNOWN,
      );
      if (states.includes(STATE_UNKNOWN)) sayStates(session, msgId, states);
    },
  };

  /** @returns the encoded answer. */
  #bind(caller: Caller, msgId: bigint, message: TlObject): Buffer {
    try {
      bindTempKey(this.#keys, caller, msgId, message);
      return serviceCodec.encode(true, 'Bool');
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      const { code, message: name } = error;
      return serviceCodec.encode({ _: 'rpc_error', error_code: code, error_message: name }, 'RpcError');
    }
  }
}

function say(session: MtprotoSession, message: TlValue): void {
  session.outbox.say(serviceCodec.encode(message, 'X'), true);
}

function sayStates(session: MtprotoSession, requestMsgId: bigint, states: number[]): void {
  say(session, { _: 'msgs_state_info', req_msg_id: requestMsgId, info: Buffer.from(states) });
}

function stateOf(session: MtprotoSession, msgId: bigint): number {
  const state = session.received.stateOf(msgId);
  if (session.running.has(msgId)) return state | STATE_RUNNING;
  return session.outbox.answerTo(msgId) === undefined ? state : state | STATE_ANSWERED;
}

/** The client no longer wants the answer to a call. The call itself is not undone. */
function dropAnswer({ running, unwanted, outbox }: MtprotoSession, requestMsgId: bigint): TlObject {
  if (running.has(requestMsgId)) {
    unwanted.add(requestMsgId);
    return { _: 'rpc_answer_dropped_running' };
  }
  const answer = outbox.answerTo(requestMsgId);
  if (answer === undefined) return { _: 'rpc_answer_unknown' };
  outbox.acknowledged(answer.msgId);
  return { _: 'rpc_answer_dropped', msg_id: answer.msgId, seq_no: answer.seqno, bytes: answer.body.length };
}
