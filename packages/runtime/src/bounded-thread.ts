import { Worker, type TransferListItem } from 'node:worker_threads';
import PQueue from 'p-queue';

export interface ThreadBounds {
  /** The task's module. Its default export takes the input and returns (or resolves to) the output. */
  entry: URL;
  /** ms that one task may compute, counted from when its module is loaded. */
  timeoutMs: number;
  /** MiB of the thread's JavaScript heap. It excludes buffers and WebAssembly, which the module must bound itself. */
  heapMb: number;
  /** Maximum number of threads at the same time. */
  atOnce: number;
  /** Tasks that may wait for a thread; one more fails with `busy`. */
  maxWaiting: number;
  /**
   * ms to keep a thread for the next task. With 0, the default, each task gets its own thread, so no input can leave
   * anything behind for another.
   */
  keepMs?: number;
}

/** Why a thread gave no output. `failed`: its module threw or could not be loaded. */
export type ThreadFailure = 'timeout' | 'memory' | 'busy' | 'failed';

export class ThreadError extends Error {
  override readonly name = 'ThreadError';
  readonly failure: ThreadFailure;

  constructor(failure: ThreadFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** A message that a thread posts. */
export type ThreadMessage = { state: 'ready' } | { state: 'done'; output: unknown };

const HOST = new URL('thread-host.mjs', import.meta.url);
/** ms for a thread to load its module. Long, because a busy machine is not the task's fault. */
const START_MS = 30_000;

/**
 * Runs tasks on untrusted input in threads. A thread ends when it exceeds a bound, when its task fails, and when its
 * keep time is over. So the event loop stays free and all memory is released.
 */
export class BoundedThreads<Input, Output> {
  readonly #bounds: ThreadBounds;
  readonly #queue: PQueue;
  /** Threads kept without a task. */
  readonly #idle: BoundedThread<Input, Output>[] = [];

  constructor(bounds: ThreadBounds) {
    this.#bounds = bounds;
    this.#queue = new PQueue({ concurrency: bounds.atOnce });
  }

  /**
   * Runs one task.
   * @param transfer buffers to move to the thread instead of copying them.
   * @throws {ThreadError}
   */
  async run(input: Input, transfer: readonly TransferListItem[] = []): Promise<Output> {
    if (this.#queue.size >= this.#bounds.maxWaiting)
      throw new ThreadError('busy', 'Too many tasks wait for a thread.');
    return this.#queue.add(() => this.#runInThread(input, transfer));
  }

  async #runInThread(input: Input, transfer: readonly TransferListItem[]): Promise<Output> {
    const thread = this.#idle.pop() ?? new BoundedThread<Input, Output>(this.#bounds);
    let isReusable = false;
    try {
      const output = await thread.run(input, transfer);
      isReusable = true;
      return output;
    } finally {
      if (isReusable && (this.#bounds.keepMs ?? 0) > 0) this.#keep(thread);
      else await thread.end();
    }
  }

  #keep(thread: BoundedThread<Input, Output>): void {
    this.#idle.push(thread);
    thread.rest(this.#bounds.keepMs ?? 0, () => {
      const index = this.#idle.indexOf(thread);
      if (index >= 0) this.#idle.splice(index, 1);
    });
  }
}

/** One thread. Runs one task at a time. */
class BoundedThread<Input, Output> {
  readonly #timeoutMs: number;
  readonly #worker: Worker;
  #isReady = false;
  #timer: NodeJS.Timeout | undefined;
  /** Settle or start the current task. */
  #resolve: (output: Output) => void = () => {};
  #reject: (error: ThreadError) => void = () => {};
  #start: () => void = () => {};
  /** Called when the thread ends without a task. */
  #onEnd: () => void = () => {};

  constructor({ entry, heapMb, timeoutMs }: ThreadBounds) {
    this.#timeoutMs = timeoutMs;
    this.#worker = new Worker(HOST, {
      workerData: { entry: entry.href },
      // The thread inherits no loader, settings or secrets of this process.
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
    });
    this.#worker.on('message', (message: ThreadMessage) => {
      if (message.state === 'done') return this.#resolve(message.output as Output);
      this.#isReady = true;
      this.#start();
    });
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      const failure = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'failed';
      this.#fail(new ThreadError(failure, `The task failed: ${error.message}`, { cause: error }));
    });
    this.#worker.on('exit', () =>
      this.#fail(new ThreadError('failed', 'The thread ended without an answer.')),
    );
  }

  /** @throws {ThreadError} After that the caller must end the thread. */
  async run(input: Input, transfer: readonly TransferListItem[]): Promise<Output> {
    clearTimeout(this.#timer);
    this.#worker.ref();
    this.#onEnd = () => {};
    try {
      return await new Promise<Output>((resolve, reject) => {
        this.#resolve = resolve;
        this.#reject = reject;
        this.#start = () => {
          this.#endAfter(this.#timeoutMs);
          this.#worker.postMessage(input, transfer);
        };
        if (this.#isReady) this.#start();
        else this.#endAfter(START_MS);
      });
    } finally {
      clearTimeout(this.#timer);
    }
  }

  /** Waits for another task without keeping the process alive. @param onEnd called when the thread has ended. */
  rest(ms: number, onEnd: () => void): void {
    this.#onEnd = onEnd;
    this.#worker.unref();
    this.#timer = setTimeout(() => {
      this.#onEnd();
      void this.end();
    }, ms).unref();
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #endAfter(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#reject(new ThreadError('timeout', `The task took over ${ms} ms.`)),
      ms,
    );
  }

  #fail(error: ThreadError): void {
    this.#reject(error);
    this.#onEnd();
  }
}
