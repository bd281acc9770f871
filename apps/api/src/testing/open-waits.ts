import type { JobWait, Producer } from '@gateway/queue';
import { onTestFinished, vi } from 'vitest';

/** Counts the waits for jobs that begin from now on, until the test has ended. @returns how many are not cancelled. */
export function openWaits(producer: Producer): () => number {
  let open = 0;
  const counted = <T extends { wait: JobWait }>(accepted: T): T => {
    count(accepted.wait);
    return accepted;
  };
  const count = (wait: JobWait): JobWait => {
    open += 1;
    const { cancel } = wait;
    let isOpen = true;
    wait.cancel = () => {
      if (isOpen) open -= 1;
      isOpen = false;
      cancel.call(wait);
    };
    return wait;
  };
  const { control, watch, enqueue } = producer;
  const enqueueControl = control.enqueue.bind(control);
  const spies = [
    vi.spyOn(producer, 'watch').mockImplementation((...job) => count(watch.apply(producer, job))),
    vi
      .spyOn(producer, 'enqueue')
      .mockImplementation(async (...job) => counted(await enqueue.apply(producer, job))),
    vi.spyOn(control, 'enqueue').mockImplementation(async (...job) => counted(await enqueueControl(...job))),
  ];
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  return () => open;
}
