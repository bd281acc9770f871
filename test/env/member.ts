import { sleep } from '@gateway/runtime';
import { Part } from './part.ts';

/** ms that a process may take to end after SIGTERM. */
const STOP_LIMIT = 35_000;

/** ms after which a process that ended by itself is started again, as whatever supervises it would. */
const RESTART_AFTER = 500;

export interface MemberOptions {
  name: string;
  /** The file that runs. */
  entry: string;
  /** Asked for at each start. */
  env: () => Record<string, string>;
  logFile: string;
  /** It ended though nobody ended it. It is started again. */
  onCrash: (what: string) => void;
}

/** One process of a fleet through all its lives: killed, frozen, stopped and started again with the same settings. */
export class Member {
  readonly name: string;
  readonly #options: MemberOptions;
  #part: Part | undefined;
  #closed = false;

  constructor(options: MemberOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Starts it; whoever needs it to be up awaits {@link ready}. Nothing happens where it runs already. */
  start(): void {
    if (this.#part !== undefined || this.#closed) return;
    const { entry, env, logFile } = this.#options;
    const part = new Part(entry, env(), logFile);
    this.#part = part;
    void part.exited.then((code) => this.#onExit(part, code));
  }

  /** What it said when it was up. @throws {Error} where it does not run, or ends before. */
  get ready(): Promise<Record<string, unknown>> {
    return this.#part?.ready ?? Promise.reject(new Error(`${this.name} does not run`));
  }

  async kill(): Promise<void> {
    await this.#release()?.end('SIGKILL');
  }

  /** SIGTERM. @returns whether it ended by itself in time; else it was killed. */
  async stop(): Promise<boolean> {
    const part = this.#release();
    if (part === undefined) return true;
    const late = new AbortController();
    const ended = part.end('SIGTERM').then(() => late.abort());
    const isLate = (await sleep(STOP_LIMIT, late.signal)) === 'elapsed';
    if (isLate) part.signal('SIGKILL');
    await ended;
    return !isLate;
  }

  /** Ends it for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  freeze(): void {
    this.#part?.signal('SIGSTOP');
  }

  thaw(): void {
    this.#part?.signal('SIGCONT');
  }

  #release(): Part | undefined {
    const part = this.#part;
    this.#part = undefined;
    return part;
  }

  async #onExit(part: Part, code: number | null): Promise<void> {
    if (this.#part !== part) return;
    this.#part = undefined;
    this.#options.onCrash(`${this.name} ended by itself, code ${code}`);
    await sleep(RESTART_AFTER);
    this.start();
  }
}
