/** Provides a signal that aborts when the caller's signal aborts or when its timeout elapses. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #follow: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** True if the timeout elapsed before the caller's signal aborted. */
  isOver = false;

  constructor(outer: AbortSignal | undefined) {
    this.#outer = outer;
    this.#follow = () => this.#controller.abort(outer?.reason);
    if (outer?.aborted === true) this.#follow();
    outer?.addEventListener('abort', this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Sets the timeout to `ms` from now; replaces an earlier one. */
  start(ms: number): void {
    this.pause();
    this.#timer = setTimeout(() => {
      this.isOver = !this.#controller.signal.aborted;
      this.#controller.abort();
    }, ms);
  }

  pause(): void {
    clearTimeout(this.#timer);
  }

  /** Call when the deadline is no longer needed. Aborts whatever still uses its signal. */
  end(): void {
    this.pause();
    this.#outer?.removeEventListener('abort', this.#follow);
    this.#controller.abort();
  }
}
