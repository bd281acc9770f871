/**
 * What a worker has noted of an account's numbers, in a place of its own. Redis may lose its latest writes; a note
 * survives the end of the process.
 */
export interface NumbersNote {
  /** This number was given, or a greater one. */
  readonly given: number;
  /** No greater number was given. */
  readonly upTo: number;
  /** @throws if it cannot be written: the numbers must not be given. */
  write(given: number, upTo: number): void;
}

/** The greatest number of an account that its owner knows to be given. */
export interface Given {
  /** Of the owner. */
  fence: string;
  seq: number;
  /** Redis had this number since the connection was lost the last time. */
  isChecked: boolean;
  note: NumbersNote | undefined;
}

/** One run of the script, as far as it may give numbers. */
interface Run {
  events: readonly unknown[];
  seq: { start: number; note?: NumbersNote } | null;
}

/** Most gaps that the script adds by itself. */
const MOST_GAPS = 2;

/** The greatest number of each account, as this worker knows it since it took over the account. */
export class GivenNumbers {
  readonly #given = new Map<string, Given>();

  /** Under an earlier fence, another worker may have given greater numbers since. */
  under(fence: string, userId: string): Given | undefined {
    const given = this.#given.get(userId);
    return given?.fence === fence ? given : undefined;
  }

  isChecked(fence: string, userId: string): boolean {
    return this.under(fence, userId)?.isChecked === true;
  }

  set(userId: string, given: Given): void {
    this.#given.set(userId, given);
  }

  /** Numbers may have been given that this worker does not know. */
  forget(userId: string): void {
    this.#given.delete(userId);
  }

  /** Redis may have lost writes. */
  uncheck(): void {
    for (const given of this.#given.values()) given.isChecked = false;
  }

  /**
   * Notes which numbers the run may give. Call it before the run, since readers see a number before its worker does.
   * @param mayAddGaps whether the script may add gaps.
   */
  noteBefore(userId: string, fence: string, { events, seq }: Run, mayAddGaps: boolean): void {
    const known = this.under(fence, userId);
    const note = seq?.note ?? known?.note;
    const from = known?.seq ?? seq?.start ?? 0;
    note?.write(known?.seq ?? note.given, from + events.length + (mayAddGaps ? MOST_GAPS : 0));
  }

  /** Notes the latest number after the run. @param lastSeq `null`: the run has given none. */
  noteAfter(userId: string, fence: string, { seq }: Run, lastSeq: number | null): void {
    const known = this.under(fence, userId);
    const note = seq?.note ?? known?.note;
    if (lastSeq !== null) note?.write(lastSeq, lastSeq);
    else note?.write(known?.seq ?? note.given, known?.seq ?? seq?.start ?? note.upTo);
  }
}
