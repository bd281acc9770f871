import type { PeerId } from '../state/model.ts';

/** An order to fail calls. */
export interface Fault {
  /** Whose calls; everybody's if absent. */
  accountId?: number;
  /** Digits; matches calls about the phone, and calls of its account. */
  phone?: string;
  /** A method's name, or `*`. */
  method: string;
  /** The answer instead of the call's effect. */
  error?: string;
  /** The error ends no sign-in, though it says that there is none: a slip of the server's. */
  isSlip?: boolean;
  /** Cuts the connection before the call takes effect, or after. */
  drop?: 'before' | 'after';
  /** A transport error that is sent before the connection is cut; where no `drop` says else, before the call takes effect. */
  transport?: number;
  /** Waits before anything else. */
  delayMs?: number;
  /** Only calls about this chat. */
  peer?: PeerId;
  /** How many calls are still to fail. */
  times: number;
  /** A `…_WAIT_n` is meant: every call that it is meant for is refused until its seconds are over, with what is left of them. */
  lasts?: boolean;
}

/** What a call is about, as far as faults care. */
export interface FaultTarget {
  method: string;
  accountId: number | undefined;
  phone: string | undefined;
  peer: PeerId | undefined;
}

/** The faults that are ordered and not used up. They last as long as the process. */
export class Faults {
  #faults: Fault[] = [];
  #waits: { fault: Fault; until: number }[] = [];
  #early = 0;

  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
    this.#waits = [];
  }

  /** Calls that came while they had been asked to wait. */
  get early(): number {
    return this.#early;
  }

  list(): Fault[] {
    return this.#faults.map((fault) => ({ ...fault }));
  }

  /** The first fault that is meant for a call, used up by one. `now`: Unix milliseconds. */
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
