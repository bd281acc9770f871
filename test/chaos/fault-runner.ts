import { sleep } from '@gateway/runtime';
import { RedisServer } from '../env/redis-server.ts';
import { allFaultsOf } from './all-faults.ts';
import type { Fault, Scene } from './faults.ts';
import type { Random } from './random.ts';

/** ms between checks whether a postponed fault is possible now. */
const POLL_MS = 100;

interface Drawn {
  fault: Fault;
  /** Its own source of chance, so that the same seed gives the same faults, however long each takes. */
  random: Random;
}

/** Runs faults in random order, each kind equally often; several at once if they allow it. */
export class FaultRunner {
  /** How often each kind has happened, by name. */
  readonly counts: Map<string, number>;
  readonly #faults: readonly Fault[];
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #gapMs: number;
  /** Like {@link counts}, including faults in progress. */
  readonly #begun = new Map<string, number>();
  readonly #underWay = new Set<Promise<void>>();
  #deck: Drawn[] = [];
  #failure: unknown;

  /** `gapMs`: average ms between the starts of two faults. */
  constructor(scene: Scene, { random, gapMs }: { random: Random; gapMs: number }) {
    this.#scene = scene;
    this.#faults = allFaultsOf(scene.fleet.redis instanceof RedisServer ? 'server' : 'replicated');
    this.counts = new Map(this.#faults.map(({ name }) => [name, 0]));
    this.#random = random;
    this.#gapMs = gapMs;
  }

  /**
   * Runs until `signal`, or until each kind has happened `rounds` times. Faults in progress are completed.
   * @throws the error of a fault whose process did not start again.
   */
  async run(signal: AbortSignal, rounds = Infinity): Promise<void> {
    do {
      while (
        this.#isLeft(rounds) &&
        (await sleep(this.#random.whole(0, 2 * this.#gapMs), signal)) === 'elapsed'
      ) {
        while (!this.#beginOne(rounds) && !signal.aborted) await sleep(POLL_MS, signal);
      }
      await Promise.all(this.#underWay);
      // A fault that failed because the sandbox was away is drawn again.
    } while (this.#isLeft(rounds) && !signal.aborted);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Whether a fault still has to start. */
  #isLeft(rounds: number): boolean {
    return this.#deck.length > 0 || this.#missing(rounds).length > 0;
  }

  #missing(rounds: number): Fault[] {
    return this.#faults.filter(({ name }) => countOf(this.#begun, name) < rounds);
  }

  /**
   * Starts the first fault of the deck that is possible now and that no earlier one must precede. False if there is
   * none.
   */
  #beginOne(rounds: number): boolean {
    if (this.#deck.length === 0) this.#deck = this.#draw(rounds);
    const awaited = new Set<Fault['on']>();
    for (const drawn of this.#deck) {
      const { fault, random } = drawn;
      const begun = awaited.has(fault.on) ? undefined : fault.begin(this.#scene, random);
      if (begun !== undefined) {
        this.#deck = this.#deck.filter((other) => other !== drawn);
        this.#follow(fault, begun);
        return true;
      }
      awaited.add(fault.on);
    }
    return false;
  }

  #draw(rounds: number): Drawn[] {
    return this.#random
      .shuffled(this.#missing(rounds))
      .map((fault) => ({ fault, random: this.#random.fork() }));
  }

  #follow(fault: Fault, begun: Promise<void>): void {
    this.#begun.set(fault.name, countOf(this.#begun, fault.name) + 1);
    const followed = begun
      .then(() => this.counts.set(fault.name, countOf(this.counts, fault.name) + 1))
      .catch((error: unknown) => {
        this.#begun.set(fault.name, countOf(this.#begun, fault.name) - 1);
        // An order to the sandbox is lost if the sandbox is killed at that moment.
        if (fault.on !== 'calls') this.#failure ??= error;
      })
      .then(() => void this.#underWay.delete(followed));
    this.#underWay.add(followed);
  }
}

function countOf(counts: ReadonlyMap<string, number>, name: string): number {
  return counts.get(name) ?? 0;
}
