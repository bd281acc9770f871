import { parentPort, workerData } from 'node:worker_threads';

/**
 * Entry module of a `BoundedThreads` thread: loads the task's module and runs it for each input. It is plain
 * JavaScript, and loads TypeScript only if the task runs from source, in tests and in development.
 */
if (workerData.entry.endsWith('.ts')) {
  const { register } = await import('tsx/esm/api');
  register();
}
const { default: task } = await import(workerData.entry);

parentPort?.on('message', (input) => {
  void answer(input);
});
post({ state: 'ready' });

/** An error in the task ends the thread, as an unhandled rejection. */
async function answer(/** @type {unknown} */ input) {
  post({ state: 'done', output: await task(input) });
}

function post(/** @type {import('./bounded-thread.ts').ThreadMessage} */ message) {
  // A thread's port has no origin to name.
  // oxlint-disable-next-line unicorn/require-post-message-target-origin
  parentPort?.postMessage(message);
}
