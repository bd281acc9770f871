type FileFaultKind = 'expired_reference' | 'missing_parts';

/** What goes wrong with the next use of a file. */
export interface FileFault {
  kind: FileFaultKind;
  /** Only for this account. */
  accountId?: number;
  /** How many more uses. */
  times: number;
}

/** The file faults that are not used up. They are kept in memory only. */
export class FileFaults {
  #faults: FileFault[] = [];

  add(fault: FileFault): void {
    this.#faults.push({ ...fault });
  }

  clear(): void {
    this.#faults = [];
  }

  list(): FileFault[] {
    return this.#faults.map((fault) => ({ ...fault }));
  }

  /** Whether a fault applies to this use of a file, which counts as one. */
  take(kind: FileFaultKind, accountId: number): boolean {
    const fault = this.#faults.find(
      (each) => each.kind === kind && (each.accountId === undefined || each.accountId === accountId),
    );
    if (fault === undefined) return false;
    fault.times -= 1;
    if (fault.times === 0) this.#faults = this.#faults.filter((other) => other !== fault);
    return true;
  }
}
