import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { THIS_CHECKOUT, type Checkout } from './checkout.ts';

/** One process of the product, started as `npm start` does. */
export class Part {
  readonly #child: ChildProcess;
  readonly #output: string[] = [];
  readonly #logFile: string | undefined;
  readonly #exited: Promise<number | null>;
  #ready: Promise<Record<string, unknown>>;

  /**
   * @param logFile receives the output; without it, the output is kept in memory.
   * @param checkout the copy of the repository whose code runs.
   * @param host the network namespace in which it runs; by default, the one of this process.
   */
  constructor(
    entry: string,
    env: Record<string, string>,
    logFile?: string,
    { root, nodeArguments, nodeEnvironment }: Checkout = THIS_CHECKOUT,
    host?: string,
  ) {
    this.#logFile = logFile;
    const log = logFile === undefined ? 'pipe' : openSync(logFile, 'a');
    const node = [process.execPath, ...nodeArguments(entry)];
    // `ip` becomes the process that it starts, so signals and messages reach that one.
    const [command = '', ...args] = host === undefined ? node : ['ip', 'netns', 'exec', host, ...node];
    this.#child = spawn(command, args, {
      cwd: root,
      // No setting of the machine is passed on.
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '',
        LOG_LEVEL: 'debug',
        ...nodeEnvironment(entry),
        ...env,
      },
      stdio: ['ignore', log, log, 'ipc'],
    });
    if (typeof log === 'number') closeSync(log);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => this.#output.push(text));
    }
    this.#exited = once(this.#child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
    this.#ready = new Promise((resolve, reject) => {
      this.#child.on('message', (message) => {
        if (typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready')
          resolve({ ...message });
      });
      void this.#exited.then(() => reject(new Error(`${entry} ended before it was ready:\n${this.output}`)));
    });
    this.#ready.catch(() => {});
  }

  get ready(): Promise<Record<string, unknown>> {
    return this.#ready;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The output so far; with `logFile`, the whole file. */
  get output(): string {
    return this.#logFile === undefined ? this.#output.join('') : readFileSync(this.#logFile, 'utf8');
  }

  /** The exit code, once the process has ended; `null` if a signal ended it. */
  get exited(): Promise<number | null> {
    return this.#exited;
  }

  /** Sends a request to a process that answers its parent. @throws {Error} the error that it reports. */
  async ask(call: string, request: Record<string, unknown> = {}): Promise<unknown> {
    const id = randomUUID();
    return new Promise((resolve, reject) => {
      const onMessage = (message: { type?: string; id?: string; result?: unknown; error?: string }) => {
        if (message.type !== 'answer' || message.id !== id) return;
        this.#child.off('message', onMessage);
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(message.error));
      };
      this.#child.on('message', onMessage);
      void this.#exited.then(() => reject(new Error('it has ended')));
      this.#child.send({ id, call, ...request });
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Ends the process and waits for its end. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    // A frozen process does not handle SIGTERM.
    this.#child.kill('SIGCONT');
    this.#child.kill(signal);
    await this.#exited;
  }
}
