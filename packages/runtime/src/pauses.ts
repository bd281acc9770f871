import { setImmediate as turn } from 'node:timers/promises';

/** Maximum ms of work in one turn of the event loop. */
const TURN_MS = 10;

/** Lets other requests run during a long loop: call {@link pause} after each step. */
export class Pauses {
  #since = performance.now();

  async pause(): Promise<void> {
    if (performance.now() - this.#since < TURN_MS) return;
    await turn();
    this.#since = performance.now();
  }
}
