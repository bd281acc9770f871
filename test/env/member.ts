import { sleep } from '@gateway/runtime';
import { Part } from './part.ts';

/** ms that a process may take to end after SIGTERM. */
const STOP_LIMIT = 35_000;

/** ms until a process that ended unexpectedly is started again, as by a supervisor. */
const RESTART_AFTER = 500;

export interface MemberOptions {
  name: string;
  /** The file to run. */
  entry: string;
  /** Called at each start. */
  env: () => Record<string, string>;
  logFile: string;
  /** Called when the process has ended unexpectedly. It is started again. */
  onCrash: (what: string) => void;
}

/** One process of a fleet, over any number of kills, freezes, stops and restarts with the same settings. */
export class Member {
  readonly name: string;
  readonly #options: MemberOptions;
  #part: Part | undefined;
  #closed = false;

  constructor(options: MemberOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Starts it, unless it is running. To wait until it is ready, await {@link ready}. */
  start(): void {
    if (this.#part !== undefined || this.#closed) return;
    const { entry, env, logFile } = this.#options;
    const part = new Part(entry, env(), logFile);
    this.#part = part;
    void part.exited.then((code) => this.#onExit(part, code));
  }

  /** The process's ready message. @throws {Error} if it is not running, or ends before. */
  get ready(): Promise<Record<string, unknown>> {
    return this.#part?.ready ?? Promise.reject(new Error(`${this.name} does not run`));
  }

  async kill(): Promise<void> {
    await this.#release()?.end('SIGKILL');
  }

  /** Sends SIGTERM. @returns whether it ended in time; otherwise it was killed. */
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
