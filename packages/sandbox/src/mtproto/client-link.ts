import type { MtprotoSession, SessionLink } from './session.ts';

/** A client's TCP connection, as message handlers see it. */
export interface ClientLink extends SessionLink {
  readonly dcId: number;
  /** The session of the latest message. Its updates go out on this connection. */
  readonly session: MtprotoSession | undefined;
  /** Moves a session to this connection. */
  use(session: MtprotoSession): void;
  /** Closes the connection unless called again within `delayMs`. */
  closeAfter(delayMs: number): void;
  /** Sends a transport error and closes the connection. `code`: positive, e.g. 404. */
  refuse(code: number): void;
  /** Closes the connection at once, without an answer. */
  cut(): void;
}
