/** A signal that is aborted with the caller's own, or when the time that it has been given is over. */
export class Deadline {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal | undefined;
  readonly #follow: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the time was over first. */
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

  /** Gives it `ms` from now on, in place of what it had. */
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

  /** To be called when it is of no more use. Ends what still runs under it. */
  end(): void {
    this.pause();
    this.#outer?.removeEventListener('abort', this.#follow);
    this.#controller.abort();
  }
}
