import { useRef, useState } from 'preact/hooks';

/** Accounts handled at the same time. */
const AT_ONCE = 4;

export interface BulkState {
  done: number;
  all: number;
  isRunning: boolean;
  /** What was refused, by account. */
  failures: readonly { userId: string; error: unknown }[];
  /** What the calls returned, added up. */
  sum: number;
}

export interface Bulk {
  state: BulkState | null;
  /** Calls `act` for each account, {@link AT_ONCE} at a time. It returns how much it has done. */
  run: (userIds: readonly string[], act: (userId: string) => Promise<number>) => Promise<void>;
  stop: () => void;
}

/** Does the same to many accounts. A refusal ends only that account's part. */
export function useBulk(): Bulk {
  const [state, setState] = useState<BulkState | null>(null);
  const stopped = useRef(false);
  const run: Bulk['run'] = async (userIds, act) => {
    stopped.current = false;
    const rest = [...userIds];
    const now: BulkState = { done: 0, all: rest.length, isRunning: true, failures: [], sum: 0 };
    const show = (changed: Partial<BulkState>) => setState({ ...Object.assign(now, changed) });
    show({});
    const work = async () => {
      for (let userId = rest.shift(); userId !== undefined && !stopped.current; userId = rest.shift()) {
        try {
          now.sum += await act(userId);
        } catch (error) {
          now.failures = [...now.failures, { userId, error }];
        }
        show({ done: now.done + 1 });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    show({ isRunning: false });
  };
  return {
    state,
    run,
    stop: () => {
      stopped.current = true;
    },
  };
}
