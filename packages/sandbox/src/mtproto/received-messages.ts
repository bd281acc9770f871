interface Received {
  msgId: bigint;
  seqno: number;
}

const MAX_REMEMBERED = 1024;

/** The recent messages of one session, for detecting duplicates and wrong sequence numbers. */
export class ReceivedMessages {
  /** By msgId, ascending. Messages nearly always arrive in this order. */
  #log: Received[] = [];
  readonly #ids = new Set<bigint>();
  /** Highest id that was forgotten. A message up to this id may be a duplicate or not. */
  #forgotten = -1n;

  has(msgId: bigint): boolean {
    return this.#ids.has(msgId);
  }

  /**
   * Checks a message that is not in the log. Returns the `error_code` for `bad_msg_notification`: 20 if the message is
   * too old to check, 32 if its seqno is too low and 33 if it is too high compared with its neighbours; 0 if it is
   * valid.
   */
  problemWith({ msgId, seqno }: Received): number {
    if (msgId <= this.#forgotten) return 20;
    const place = this.#placeOf(msgId);
    const before = this.#log[place - 1];
    const after = this.#log[place];
    if (before !== undefined && !inOrder(before.seqno, seqno)) return 32;
    if (after !== undefined && !inOrder(seqno, after.seqno)) return 33;
    return 0;
  }

  add({ msgId, seqno }: Received): void {
    this.#log.splice(this.#placeOf(msgId), 0, { msgId, seqno });
    this.#ids.add(msgId);
    if (this.#log.length > MAX_REMEMBERED) this.#trim();
  }

  /** Removes a message, so that the client may send it again. */
  forget(msgId: bigint): void {
    if (this.#ids.delete(msgId)) this.#log = this.#log.filter((entry) => entry.msgId !== msgId);
  }

  /** A message's state for `msgs_state_info`: 1 unknown, 2 not received, 3 higher than any received id, 4 received. */
  stateOf(msgId: bigint): number {
    if (this.#ids.has(msgId)) return 4;
    if (msgId <= this.#forgotten) return 1;
    const newest = this.#log.at(-1);
    return newest !== undefined && msgId > newest.msgId ? 3 : 2;
  }

  #placeOf(msgId: bigint): number {
    let place = this.#log.length;
    while (place > 0 && (this.#log[place - 1]?.msgId ?? 0n) > msgId) place -= 1;
    return place;
  }

  #trim(): void {
    const removed = this.#log.splice(0, MAX_REMEMBERED / 2);
    for (const { msgId } of removed) this.#ids.delete(msgId);
    this.#forgotten = removed.at(-1)?.msgId ?? this.#forgotten;
  }
}

/** Odd seqnos, of messages with content, increase. Several messages in a row may have the same even seqno. */
function inOrder(earlier: number, later: number): boolean {
  return earlier < later || (earlier === later && earlier % 2 === 0);
}
