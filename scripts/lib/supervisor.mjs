import { spawn } from 'node:child_process';
import { endProcess, isAlive } from './processes.mjs';
import { ROOT } from './root.mjs';
import { Interrupted } from './say.mjs';

/**
 * @typedef {object} ChildOptions
 * @property {string} name
 * @property {string[]} command arguments of node
 * @property {Record<string, string>} env added to this process's environment
 * @property {number} graceMs time to end after SIGTERM
 */

/**
 * One process of the product. It ends by itself when its IPC channel closes, so it outlives the launcher only for the
 * time it needs to stop.
 */
export class Child {
  /** @type {import('node:child_process').ChildProcess} */ #process;
  /** @type {Promise<string>} */ #ended;
  /** @type {number | undefined} */ #also;
  /** @type {Promise<void> | undefined} */ #ending;
  /** @type {((message: Record<string, unknown>) => void)[]} */ #listeners = [];
  /** @type {Promise<Record<string, unknown>>} */ ready;
  hasEnded = false;

  /** @param {ChildOptions} options */
  constructor(options) {
    this.name = options.name;
    this.graceMs = options.graceMs;
    // In a session of its own: a terminal's Ctrl-C reaches only the launcher, which ends its children in order.
    this.#process = spawn(process.execPath, options.command, {
      cwd: ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', (error) => resolve(error.message));
      this.#process.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    });
    void this.#ended.then(() => (this.hasEnded = true));
    this.ready = new Promise((resolve) => {
      this.onMessage((message) => {
        if (message['type'] === 'ready') resolve(message);
      });
    });
    this.#process.on('message', (message) => {
      if (typeof message === 'object' && message !== null)
        for (const listener of this.#listeners) listener({ ...message });
    });
  }

  /** @param {(message: Record<string, unknown>) => void} listener */
  onMessage(listener) {
    this.#listeners.push(listener);
  }

  /** Also ends this process, which must not outlive the child. @param {number} pid */
  alsoEnd(pid) {
    this.#also = pid;
  }

  /** How the process ended, in words. */
  get ended() {
    return this.#ended;
  }

  /** Whether {@link end} was called. */
  get isEnding() {
    return this.#ending !== undefined;
  }

  /** Ends the process. A second call waits for the first, because a second SIGTERM would mean "at once". */
  end() {
    return (this.#ending ??= this.#end());
  }

  async #end() {
    if (!this.hasEnded) this.#process.kill('SIGTERM');
    const force = setTimeout(() => this.#process.kill('SIGKILL'), this.graceMs);
    await this.#ended;
    clearTimeout(force);
    if (this.#also !== undefined && isAlive(this.#also)) await endProcess(this.#also, 2_000);
  }
}

/** Runs the processes of the product, and reports one that ends unexpectedly. */
export class Supervisor {
  /** @type {Child[]} in the order of starting */ #children = [];
  /** @type {(reason: string, child: Child) => void} */ #onCrash;
  #stopping = false;

  /** @param {(reason: string, child: Child) => void} onCrash called when a process ends unexpectedly */
  constructor(onCrash) {
    this.#onCrash = onCrash;
  }

  /**
   * @param {ChildOptions} options @throws {Interrupted} after {@link stop}, because the new process would not be ended
   */
  start(options) {
    const child = this.#spawn(options);
    this.#children.push(child);
    return child;
  }

  /**
   * Ends a process and starts another in its place.
   * @param {Child} old @param {ChildOptions} options @throws {Interrupted} like {@link start}
   */
  async replace(old, options) {
    await old.end();
    const child = this.#spawn(options);
    this.#children.splice(this.#children.indexOf(old), 1, child);
    return child;
  }

  /** @param {ChildOptions} options */
  #spawn(options) {
    if (this.#stopping) throw new Interrupted(`${options.name} was not started`);
    const child = new Child(options);
    void child.ended.then((how) => {
      if (!this.#stopping && !child.isEnding) this.#onCrash(`${child.name} has ended (${how})`, child);
    });
    return child;
  }

  /**
   * Ends all processes, the last started first, so that each still has the services it needs. Later calls of {@link
   * start} throw.
   */
  async stop() {
    this.#stopping = true;
    for (const child of this.#children.toReversed()) await child.end();
  }
}
