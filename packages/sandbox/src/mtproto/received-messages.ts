interface Received {
  msgId: bigint;
  seqno: number;
}

const MAX_REMEMBERED = 1024;

/** The messages that came in one session of late: what tells a duplicate, and a sequence number that cannot be. */
export class ReceivedMessages {
  /** By msgId, ascending: they nearly always come in that order. */
  #log: Received[] = [];
  readonly #ids = new Set<bigint>();
  /** Messages up to this one were forgotten: whether such a one is a duplicate cannot be told. */
  #forgotten = -1n;

  has(msgId: bigint): boolean {
    return this.#ids.has(msgId);
  }

  /**
   * What is wrong with a message that is not known yet, as an `error_code` of `bad_msg_notification`: 20 where it is too old to tell,
   * 32 and 33 where its seqno is too low and too high among its neighbours. 0 where nothing is.
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

  /** Takes a message back, so that it may come again. */
  forget(msgId: bigint): void {
    if (this.#ids.delete(msgId)) this.#log = this.#log.filter((entry) => entry.msgId !== msgId);
  }

  /** The state of a message as `msgs_state_info` has it: 1 nothing known of it, 2 not received, 3 of the future, 4 received. */
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

/** Odd ones, of messages with content, go up; an even one repeats what the next odd one less one will be. */
function inOrder(earlier: number, later: number): boolean {
  return earlier < later || (earlier === later && earlier % 2 === 0);
}
