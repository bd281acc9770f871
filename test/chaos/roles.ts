import type { Fleet } from '../env/fleet.ts';
import type { Member } from '../env/member.ts';
import type { Random } from './random.ts';

/**
 * Which processes are spoken for by a fault that is under way. It sees to it that there is always a worker and an API that nobody
 * disturbs: a fleet in which nobody can work shows nothing.
 */
export class Roles {
  readonly #fleet: Fleet;
  readonly #taken = new Set<Member | 'redis' | 'sandbox'>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** Whoever takes gives back. `undefined`: there is none to spare. */
  takeWorker(random: Random): Member | undefined {
    return this.#takeOne(this.#fleet.workers, random);
  }

  takeApi(random: Random): Member | undefined {
    return this.#takeOne(this.#fleet.apis, random);
  }

  /** All of them, for what disturbs one after the other. */
  takeAllWorkers(): readonly Member[] | undefined {
    const { workers } = this.#fleet;
    if (workers.length < 2 || workers.some((worker) => this.#taken.has(worker))) return undefined;
    for (const worker of workers) this.#taken.add(worker);
    return workers;
  }

  /** False where it is taken. */
  take(what: 'redis' | 'sandbox'): boolean {
    if (this.#taken.has(what)) return false;
    this.#taken.add(what);
    return true;
  }

  isTaken(what: 'redis' | 'sandbox'): boolean {
    return this.#taken.has(what);
  }

  giveBack(...what: (Member | 'redis' | 'sandbox')[]): void {
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
