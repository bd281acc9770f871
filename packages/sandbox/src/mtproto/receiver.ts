import { randomBytes } from 'node:crypto';
import { TlDecodeError } from '../tl/errors.ts';
import { serviceCodec } from '../tl/service.ts';
import type { TlObject } from '../types.ts';
import { ApiCalls, type Caller } from './api-calls.ts';
import type { AuthKey, KeyRing } from './auth-key.ts';
import type { ClientLink } from './client-link.ts';
import type { ServerContext } from './context.ts';
import type { Envelope } from './envelope.ts';
import { GZIP_PACKED_ID, gunzipPacked } from './gzip.ts';
import { problemWithClientId } from './message-ids.ts';
import { constructorIdOf, CONTAINER_ID, openContainer, type MtprotoMessage } from './message.ts';
import { ServiceMessages } from './service-messages.ts';

/** `error_code` of `bad_msg_notification` and `bad_server_salt`. */
const BAD_CONTAINER_SEQNO = 34;
const BAD_CALL_SEQNO = 35;
const BAD_SALT = 48;
const BAD_CONTAINER = 64;

/** Checks the messages that clients send under an auth key, and passes valid ones on to their handlers. */
export class Receiver {
  readonly #context: ServerContext;
  readonly #calls: ApiCalls;
  readonly #service: ServiceMessages;

  constructor(context: ServerContext, keys: KeyRing) {
    this.#context = context;
    this.#calls = new ApiCalls(context);
    this.#service = new ServiceMessages(context, keys);
  }

  /** @throws {TlDecodeError} if a service message cannot be decoded; the connection must then be closed. */
  receive(connection: ClientLink, key: AuthKey, { salt, sessionId, message }: Envelope): void {
    const now = this.#context.clock();
    const problem = problemWithClientId(message.msgId, now);
    if (problem !== 0) return this.#refuse(connection, key, sessionId, message, problem);
    if (!key.salts.accepts(salt, now)) return this.#refuse(connection, key, sessionId, message, BAD_SALT);

    const isContainer = constructorIdOf(message.body) === CONTAINER_ID;
    const messages = isContainer ? contained(message) : [message];
    if (messages === undefined) return this.#refuse(connection, key, sessionId, message, BAD_CONTAINER);
    const caller = {
      connection,
      key,
      session: key.session(sessionId) ?? this.#createSession(key, sessionId, messages),
    };
    connection.use(caller.session);
    if (isContainer && !this.#acceptsContainer(caller, message)) return;
    for (const each of messages) this.#receiveOne(caller, each);
  }

  #createSession(key: AuthKey, sessionId: string, messages: readonly MtprotoMessage[]): Caller['session'] {
    const session = key.createSession(sessionId);
    const first = messages.reduce(
      (least, { msgId }) => (msgId < least ? msgId : least),
      messages[0]?.msgId ?? 0n,
    );
    const created = {
      _: 'new_session_created',
      first_msg_id: first,
      unique_id: randomBytes(8).readBigInt64LE(0),
      server_salt: key.salts.current(this.#context.clock()),
    };
    session.outbox.sayForSure(serviceCodec.encode(created, 'NewSession'), false);
    return session;
  }

  /** Accepts a repeated container, because each message in it is checked for duplicates itself. */
  #acceptsContainer({ connection, key, session }: Caller, container: MtprotoMessage): boolean {
    if (session.received.has(container.msgId)) return true;
    const isOdd = container.seqno % 2 !== 0;
    const problem = isOdd ? BAD_CONTAINER_SEQNO : session.received.problemWith(container);
    if (problem === 0) session.received.add(container);
    else this.#refuse(connection, key, session.id, container, problem);
    return problem === 0;
  }

  #receiveOne(caller: Caller, message: MtprotoMessage): void {
    const { connection, key, session } = caller;
    if (session.received.has(message.msgId)) return this.#repeatAnswer(caller, message.msgId);
    const body = constructorIdOf(message.body) === GZIP_PACKED_ID ? gunzipPacked(message.body) : message.body;
    const isService = serviceCodec.nameOf(constructorIdOf(body)) !== undefined;
    const problem =
      problemWithClientId(message.msgId, this.#context.clock()) ||
      session.received.problemWith(message) ||
      (isService || message.seqno % 2 !== 0 ? 0 : BAD_CALL_SEQNO);
    if (problem !== 0) return this.#refuse(connection, key, session.id, message, problem);
    session.received.add(message);
    if (isService) this.#service.handle(caller, message.msgId, serviceCodec.decode(body));
    else this.#calls.start(caller, message.msgId, body);
  }

  /** Nothing runs twice. Sends an answer again if the client has not acknowledged it; otherwise sends a `msgs_ack`. */
  #repeatAnswer({ session }: Caller, msgId: bigint): void {
    if (session.running.has(msgId)) return;
    const answer = session.outbox.answerTo(msgId);
    if (answer !== undefined) session.outbox.repeat(answer.msgId);
    else session.outbox.say(serviceCodec.encode({ _: 'msgs_ack', msg_ids: [msgId] }, 'MsgsAck'), true);
    session.flushSoon();
  }

  #refuse(
    connection: ClientLink,
    key: AuthKey,
    sessionId: string,
    { msgId, seqno }: MtprotoMessage,
    code: number,
  ): void {
    const bad = { bad_msg_id: msgId, bad_msg_seqno: seqno, error_code: code };
    const newSalt = key.salts.current(this.#context.clock());
    const notice: TlObject =
      code === BAD_SALT
        ? { _: 'bad_server_salt', ...bad, new_server_salt: newSalt }
        : { _: 'bad_msg_notification', ...bad };
    const body = serviceCodec.encode(notice, 'BadMsgNotification');
    const session = key.session(sessionId);
    if (session === undefined) {
      // The session has had no valid message yet, so it is not created.
      connection.deliver(sessionId, [{ msgId: this.#context.messageIds.next(true), seqno: 0, body }]);
      return;
    }
    connection.use(session);
    session.outbox.say(body, true);
    session.flushSoon();
  }
}

function contained(container: MtprotoMessage): MtprotoMessage[] | undefined {
  try {
    return openContainer(container);
  } catch (error) {
    if (error instanceof TlDecodeError) return undefined;
    throw error;
  }
}
