interface Caller<C> {
  sessionId: string;
  inFlight: number;
  /** Connections of other sessions that have called since this one did. */
  overtakenBy: Set<C>;
}

/**
 * Tells when one auth key is used by two clients at once, which Telegram ends with AUTH_KEY_DUPLICATED: two open connections, in
 * different MTProto sessions, whose API calls overlap or alternate. A connection that was left behind and stays silent does no harm.
 */
export class CallGuard<C> {
  readonly #callers = new Map<C, Caller<C>>();
  #isDuplicated = false;

  /** Whether it has happened. The key stays spoilt from then on. */
  get isDuplicated(): boolean {
    return this.#isDuplicated;
  }

  /** A call comes in. True where it is the one that shows the key to be used twice. */
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
