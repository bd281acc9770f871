import { sleep } from '@gateway/runtime';
import { FAULTS, type Fault, type Scene } from './faults.ts';
import type { Random } from './random.ts';

/** ms between looks whether a fault that could not be can be now. */
const LOOK_AGAIN = 100;

interface Drawn {
  fault: Fault;
  /** Its own, so that the same seed gives the same faults, however long each takes. */
  random: Random;
}

/** Lets faults happen in random order, each kind as often as the others; several at a time where they may. */
export class FaultRunner {
  /** How often each kind happened, by name. */
  readonly counts = new Map<string, number>(FAULTS.map(({ name }) => [name, 0]));
  readonly #scene: Scene;
  readonly #random: Random;
  readonly #gapMs: number;
  readonly #underWay = new Set<Promise<void>>();
  #deck: Drawn[] = [];
  #failure: unknown;

  /** `gapMs`: from the beginning of one fault to that of the next, on average. */
  constructor(scene: Scene, { random, gapMs }: { random: Random; gapMs: number }) {
    this.#scene = scene;
    this.#random = random;
    this.#gapMs = gapMs;
  }

  /** Until `signal`; what has begun then goes on to its end. @throws what a fault failed with: its process did not come up again. */
  async run(signal: AbortSignal): Promise<void> {
    while ((await sleep(this.#random.whole(0, 2 * this.#gapMs), signal)) === 'elapsed') {
      while (!this.#beginOne() && !signal.aborted) await sleep(LOOK_AGAIN, signal);
    }
    await Promise.all(this.#underWay);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Begins the first fault of the deck that can be and that no other waits for. False where none can. */
  #beginOne(): boolean {
    if (this.#deck.length === 0) this.#deck = this.#draw();
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

  #draw(): Drawn[] {
    return this.#random.shuffled(FAULTS).map((fault) => ({ fault, random: this.#random.fork() }));
  }

  #follow(fault: Fault, begun: Promise<void>): void {
    const followed = begun
      .then(() => this.counts.set(fault.name, (this.counts.get(fault.name) ?? 0) + 1))
      .catch((error: unknown) => {
        // Orders to the sandbox are lost where it is killed at that moment.
        if (fault.on !== 'calls') this.#failure ??= error;
      })
      .then(() => void this.#underWay.delete(followed));
    this.#underWay.add(followed);
  }
}
