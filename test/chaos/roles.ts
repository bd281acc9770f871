import type { Fleet } from '../env/fleet.ts';
import type { Member } from '../env/member.ts';
import type { Random } from './random.ts';

/**
 * Records which processes the faults in progress use. Keeps at least one worker and one API undisturbed: if no process
 * can work, the run tests nothing.
 */
export class Roles {
  readonly #fleet: Fleet;
  readonly #taken = new Set<Member | 'redis' | 'sandbox'>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** The caller must give it back. `undefined`: none can be spared. */
  takeWorker(random: Random): Member | undefined {
    return this.#takeOne(this.#fleet.workers, random);
  }

  takeApi(random: Random): Member | undefined {
    return this.#takeOne(this.#fleet.apis, random);
  }

  /** All workers, for a fault that disturbs one after the other. */
  takeAllWorkers(): readonly Member[] | undefined {
    const { workers } = this.#fleet;
    if (workers.length < 2 || workers.some((worker) => this.#taken.has(worker))) return undefined;
    for (const worker of workers) this.#taken.add(worker);
    return workers;
  }

  /** False if it is already taken. */
  take(what: 'redis' | 'sandbox'): boolean {
    if (this.#taken.has(what)) return false;
    this.#taken.add(what);
    return true;
  }

  isTaken(what: 'redis' | 'sandbox'): boolean {
    return this.#taken.has(what);
  }

  release(...what: (Member | 'redis' | 'sandbox')[]): void {
    for (const one of what) this.#taken.delete(one);
  }

  #takeOne(members: readonly Member[], random: Random): Member | undefined {
    const free = members.filter((member) => !this.#taken.has(member));
    if (free.length < 2) return undefined;
    const member = random.pick(free);
    this.#taken.add(member);
    return member;
  }
}
