import { setTimeout as delay } from 'node:timers/promises';
import type { PeerId } from '../state/model.ts';

/** A rule that makes matching calls fail. */
export interface Fault {
  /** Only calls of this account, or calls with its `phone_number`; undefined: of every account. */
  accountId?: number;
  /** Digits. Matches calls with this `phone_number`, and other calls of the account with this phone. */
  phone?: string;
  /** A method name, or `*` for every method. */
  method: string;
  /** Error name to answer with; the call then has no effect. */
  error?: string;
  /** The error does not end the sign-in, even if its name says so. Simulates a mistake of the server. */
  isSlip?: boolean;
  /** Close the connection before the call takes effect, or after. */
  drop?: 'before' | 'after';
  /** Transport error to send before closing the connection. The call then has no effect, unless `drop` is `after`. */
  transport?: number;
  /** Delay before anything else. */
  delayMs?: number;
  /** Only calls about this chat. */
  peer?: PeerId;
  /** How many more calls fail. */
  times: number;
  /** Answers that too much has changed to list it. Only for the two methods that fetch a difference of updates. */
  tooLong?: boolean;
  /** Only for a `…_WAIT_n` error: for n seconds every matching call is refused, with the seconds that remain. */
  lasts?: boolean;
}

/** The properties of a call that faults match on. */
export interface FaultTarget {
  method: string;
  accountId: number | undefined;
  phone: string | undefined;
  peer: PeerId | undefined;
}

/** The faults that are not used up. They are kept in memory only. */
export class Faults {
  #faults: Fault[] = [];
  #waits: { fault: Fault; until: number }[] = [];
  #early = 0;
  #cleared = new AbortController();

  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  /** Calls that are being delayed go on. */
  clear(): void {
    this.#faults = [];
    this.#waits = [];
    this.#cleared.abort();
    this.#cleared = new AbortController();
  }

  /** Resolves after `ms`, or once the faults are cleared. */
  async delay(ms: number): Promise<void> {
    await delay(ms, undefined, { ref: false, signal: this.#cleared.signal }).catch(() => {});
  }

  /** How many calls came during a lasting wait. */
  get early(): number {
    return this.#early;
  }

  list(): Fault[] {
    return this.#faults.map((fault) => ({ ...fault }));
  }

  /** Returns the first fault that matches a call and counts it as used once. `now`: Unix milliseconds. */
  take(target: FaultTarget, now: number): Fault | undefined {
    this.#waits = this.#waits.filter(({ until }) => until > now);
    const running = this.#waits.find(({ fault }) => isMeant(fault, target));
    if (running !== undefined) {
      this.#early += 1;
      return withSeconds(running.fault, Math.ceil((running.until - now) / 1_000));
    }
    const fault = this.#faults.find((candidate) => isMeant(candidate, target));
    if (fault === undefined) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.#faults = this.#faults.filter((other) => other !== fault);
    const seconds = secondsOf(fault);
    if (fault.lasts === true && seconds !== undefined)
      this.#waits.push({ fault, until: now + seconds * 1_000 });
    return fault;
  }
}

const WAIT = /_WAIT_(\d+)$/;

function secondsOf({ error = '' }: Fault): number | undefined {
  const match = WAIT.exec(error);
  return match === null ? undefined : Number(match[1]);
}

function withSeconds(fault: Fault, seconds: number): Fault {
  return { ...fault, error: fault.error?.replace(WAIT, `_WAIT_${seconds}`) ?? '' };
}

function isMeant(fault: Fault, target: FaultTarget): boolean {
  return (
    (fault.method === '*' || fault.method === target.method) &&
    (fault.accountId === undefined || fault.accountId === target.accountId) &&
    (fault.phone === undefined || fault.phone === target.phone) &&
    (fault.peer === undefined || fault.peer === target.peer)
  );
}
