interface Caller<C> {
  sessionId: string;
  inFlight: number;
  /** Connections in other sessions that made a call after this connection's latest call. */
  overtakenBy: Set<C>;
}

/**
 * Detects that two clients use one auth key at once, which Telegram answers with AUTH_KEY_DUPLICATED. That is the case
 * if two open connections in different MTProto sessions make API calls that overlap or alternate. An abandoned
 * connection that stays silent does not count, nor do uploads and downloads.
 */
export class CallGuard<C> {
  readonly #callers = new Map<C, Caller<C>>();
  #isDuplicated = false;

  /** Whether duplicate use was detected. It stays true from then on. */
  get isDuplicated(): boolean {
    return this.#isDuplicated;
  }

  /** Call when an API call starts. True if this call is the first to show duplicate use. */
  starts(connection: C, sessionId: string): boolean {
    const own = this.#callers.get(connection) ?? { sessionId, inFlight: 0, overtakenBy: new Set<C>() };
    const others = [...this.#callers].filter(
      ([other, { sessionId: theirs }]) => other !== connection && theirs !== sessionId,
    );
    const isTwice = own.overtakenBy.size > 0 || others.some(([, { inFlight }]) => inFlight > 0);
    const isNew = isTwice && !this.#isDuplicated;
    this.#isDuplicated ||= isTwice;
    for (const [, other] of others) other.overtakenBy.add(connection);
    own.sessionId = sessionId;
    own.inFlight += 1;
    this.#callers.set(connection, own);
    return isNew;
  }

  ends(connection: C): void {
    const caller = this.#callers.get(connection);
    if (caller !== undefined) caller.inFlight -= 1;
  }

  closed(connection: C): void {
    this.#callers.delete(connection);
    for (const { overtakenBy } of this.#callers.values()) overtakenBy.delete(connection);
  }
}
