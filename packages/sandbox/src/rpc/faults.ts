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
  /** Cuts the connection before the call takes effect, or after. */
  drop?: 'before' | 'after';
  /** Waits before anything else. */
  delayMs?: number;
  /** Only calls about this chat. */
  peer?: PeerId;
  /** How many calls are still to fail. */
  times: number;
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

  add(fault: Fault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
  }

  list(): Fault[] {
    return this.#faults.map((fault) => ({ ...fault }));
  }

  /** The first fault that is meant for a call, used up by one. */
  take(target: FaultTarget): Fault | undefined {
    const fault = this.#faults.find((candidate) => isMeant(candidate, target));
    if (fault === undefined) return undefined;
    fault.times -= 1;
    if (fault.times === 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return fault;
  }
}

function isMeant(fault: Fault, target: FaultTarget): boolean {
  return (
    (fault.method === '*' || fault.method === target.method) &&
    (fault.accountId === undefined || fault.accountId === target.accountId) &&
    (fault.phone === undefined || fault.phone === target.phone) &&
    (fault.peer === undefined || fault.peer === target.peer)
  );
}
