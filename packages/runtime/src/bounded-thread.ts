import { Worker, type TransferListItem } from 'node:worker_threads';
import PQueue from 'p-queue';

export interface ThreadBounds {
  /** The task's module. Its default export takes the input and returns or resolves to the output. */
  entry: URL;
  /** ms that one task may compute, from the moment when its module is loaded. */
  timeoutMs: number;
  /** MiB of the thread's JavaScript heap. Buffers and WebAssembly are not part of it: the module bounds them. */
  heapMb: number;
  /** Threads at the same time. */
  atOnce: number;
  /** Tasks that may wait for a thread; the next one fails with `busy`. */
  maxWaiting: number;
}

/** Why a thread gave no answer. `failed`: its module threw, or could not be loaded. */
export type ThreadFailure = 'timeout' | 'memory' | 'busy' | 'failed';

export class ThreadError extends Error {
  override readonly name = 'ThreadError';
  readonly failure: ThreadFailure;

  constructor(failure: ThreadFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

/** What a thread posts. */
export type ThreadMessage = { state: 'ready' } | { state: 'done'; output: unknown };

const HOST = new URL('thread-host.mjs', import.meta.url);
/** ms in which a thread must have loaded its module; long, since a busy machine is no fault of the task. */
const START_MS = 30_000;

/**
 * Runs tasks on input that nobody has checked, each in a thread of its own. The thread ends with its task or at its
 * bounds, so the event loop stays free and all memory is given back.
 */
export class BoundedThreads<Input, Output> {
  readonly #bounds: ThreadBounds;
  readonly #queue: PQueue;

  constructor(bounds: ThreadBounds) {
    this.#bounds = bounds;
    this.#queue = new PQueue({ concurrency: bounds.atOnce });
  }

  /**
   * @param transfer buffers that move to the thread instead of being copied.
   * @throws {ThreadError}
   */
  async run(input: Input, transfer: readonly TransferListItem[] = []): Promise<Output> {
    if (this.#queue.size >= this.#bounds.maxWaiting)
      throw new ThreadError('busy', 'Too many tasks wait for a thread.');
    return this.#queue.add(() => this.#runInThread(input, transfer));
  }

  async #runInThread(input: Input, transfer: readonly TransferListItem[]): Promise<Output> {
    const { entry, heapMb, timeoutMs } = this.#bounds;
    const thread = new Worker(HOST, {
      workerData: { entry: entry.href },
      // No loader, no settings, no secrets of this process.
      execArgv: [],
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 },
    });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Output>((resolve, reject) => {
        const endAfter = (ms: number) => {
          clearTimeout(timer);
          timer = setTimeout(() => reject(new ThreadError('timeout', `The task took over ${ms} ms.`)), ms);
        };
        endAfter(START_MS);
        thread.on('message', (message: ThreadMessage) => {
          if (message.state === 'done') return resolve(message.output as Output);
          endAfter(timeoutMs);
          thread.postMessage(input, transfer);
        });
        thread.on('error', (error: NodeJS.ErrnoException) => {
          const failure = error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'memory' : 'failed';
          reject(new ThreadError(failure, `The task failed: ${error.message}`, { cause: error }));
        });
        thread.on('exit', () => reject(new ThreadError('failed', 'The thread ended without an answer.')));
      });
    } finally {
      clearTimeout(timer);
      await thread.terminate();
    }
  }
}
