import { spawn } from 'node:child_process';
import { endProcess, isAlive } from './processes.mjs';
import { ROOT } from './root.mjs';
import { Interrupted } from './say.mjs';

/**
 * @typedef {object} ChildOptions
 * @property {string} name
 * @property {string[]} command arguments of node
 * @property {Record<string, string>} env added to our own
 * @property {number} graceMs that it has to end after SIGTERM
 */

/** One process of the product. It ends by itself when its IPC channel closes, so it outlives us by its own stop at most. */
export class Child {
  /** @type {import('node:child_process').ChildProcess} */ #process;
  /** @type {Promise<string>} */ #ended;
  /** @type {number | undefined} */ #also;
  /** @type {((message: Record<string, unknown>) => void)[]} */ #listeners = [];
  /** @type {Promise<Record<string, unknown>>} */ ready;
  hasEnded = false;

  /** @param {ChildOptions} options */
  constructor(options) {
    this.name = options.name;
    this.graceMs = options.graceMs;
    // A session of its own: a terminal's Ctrl-C reaches the launcher alone, which ends its children in order.
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

  /** A process of its that must not outlive it. @param {number} pid */
  alsoEnd(pid) {
    this.#also = pid;
  }

  /** How it ended, for a person. */
  get ended() {
    return this.#ended;
  }

  async end() {
    if (!this.hasEnded) this.#process.kill('SIGTERM');
    const force = setTimeout(() => this.#process.kill('SIGKILL'), this.graceMs);
    await this.#ended;
    clearTimeout(force);
    if (this.#also !== undefined && isAlive(this.#also)) await endProcess(this.#also, 2_000);
  }
}

/** Runs the parts of the product; when one ends that should not, the rest is ended too. */
export class Supervisor {
  /** @type {Child[]} in the order of starting */ #children = [];
  /** @type {(reason: string) => void} */ #onCrash;
  #stopping = false;

  /** @param {(reason: string) => void} onCrash told once, when a part ends by itself */
  constructor(onCrash) {
    this.#onCrash = onCrash;
  }

  /** @param {ChildOptions} options @throws {Interrupted} once {@link stop} was called: nobody would end the new part */
  start(options) {
    if (this.#stopping) throw new Interrupted(`${options.name} was not started`);
    const child = new Child(options);
    this.#children.push(child);
    void child.ended.then((how) => {
      if (!this.#stopping) this.#onCrash(`${child.name} has ended (${how})`);
    });
    return child;
  }

  /** Ends all parts, the last started first, so that each still has what it needs. Later calls of {@link start} throw. */
  async stop() {
    this.#stopping = true;
    for (const child of this.#children.toReversed()) await child.end();
  }
}
