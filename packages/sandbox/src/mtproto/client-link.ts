import type { Session, SessionLink } from './session.ts';

/** A client's TCP connection, as the code that handles its messages sees it. */
export interface ClientLink extends SessionLink {
  readonly dcId: number;
  /** The session of its last message, whose updates go out here. */
  readonly session: Session | undefined;
  /** The client continues this session here. */
  use(session: Session): void;
  /** Closes the connection unless called again within `delayMs`. */
  closeAfter(delayMs: number): void;
  /** Sends a transport error and closes the connection. `code`: positive, e.g. 404. */
  refuse(code: number): void;
  /** Closes the connection at once, without an answer. */
  cut(): void;
}
