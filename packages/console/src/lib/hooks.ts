import { GatewayApiError, GatewayConnectionError } from '@gateway/client';
import { useEffect, useRef, useState } from 'preact/hooks';
import { useWords } from './words.ts';

/** The current time (ms since the epoch), updated every second. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

interface Loaded<T> {
  value: T | null;
  error: unknown;
  reload: () => void;
}

/**
 * The result of `load`, reloaded every `ms` ms while the page is visible, and at once when `deps` change.
 * @param initial shown until then
 */
export function usePolled<T>(
  load: (signal: AbortSignal) => Promise<T>,
  everyMs: number,
  deps: readonly unknown[],
  initial: T | null = null,
): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; error: unknown }>({ value: initial, error: null });
  const latest = useRef(load);
  latest.current = load;
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    const look = async () => {
      if (!document.hidden) {
        try {
          const value = await latest.current(abort.signal);
          if (!abort.signal.aborted) setState({ value, error: null });
        } catch (error) {
          if (!abort.signal.aborted) setState(({ value }) => ({ value, error }));
        }
      }
      if (!abort.signal.aborted) timer = window.setTimeout(() => void look(), everyMs);
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [everyMs, turn, ...deps]);
  return { ...state, reload: () => setTurn((before) => before + 1) };
}

/** ms until a failed stream is opened again. */
const REOPEN_MS = 3_000;

/**
 * The latest value that `watch` yields, until the component unmounts or `deps` change. Shows errors. After an outage
 * the stream is opened again every {@link REOPEN_MS}.
 */
export function useWatched<T>(
  watch: (signal: AbortSignal) => AsyncIterable<T>,
  deps: readonly unknown[],
): Loaded<T> {
  const [state, setState] = useState<{ value: T | null; error: unknown }>({ value: null, error: null });
  const [turn, setTurn] = useState(0);
  const reload = () => setTurn((before) => before + 1);
  useEffect(() => {
    const abort = new AbortController();
    let timer: number | undefined;
    const follow = async () => {
      try {
        for await (const value of watch(abort.signal)) setState({ value, error: null });
      } catch (error) {
        if (abort.signal.aborted) return;
        setState(({ value }) => ({ value, error }));
        if (isOutage(error)) timer = window.setTimeout(reload, REOPEN_MS);
      }
    };
    void follow();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [turn, ...deps]);
  return { ...state, reload };
}

/** Whether the error can end without action by a person: the gateway, or a service it needs, is unreachable. */
function isOutage(error: unknown): boolean {
  if (error instanceof GatewayConnectionError) return true;
  return error instanceof GatewayApiError && (error.kind === 'retryable' || error.kind === 'unknown_outcome');
}

/** An action of a person: whether it is running, and its error. */
interface Action<A extends unknown[]> {
  run: (...args: A) => Promise<void>;
  busy: boolean;
  error: unknown;
  clear: () => void;
}

/** Runs one action at a time: a second click while the first is running does nothing. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<void>): Action<A> {
  const [busy, setBusy] = useState(false);
  const isBusy = useRef(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (...args: A) => {
    // Not the state, which is that of the last rendering: two clicks may happen before the next one.
    if (isBusy.current) return;
    isBusy.current = true;
    setBusy(true);
    setError(null);
    try {
      await act(...args);
    } catch (thrown) {
      setError(thrown);
    } finally {
      isBusy.current = false;
      setBusy(false);
    }
  };
  return { run, busy, error, clear: () => setError(null) };
}

/** Shows the page's name in the browser's title. */
export function useTitle(title: string): void {
  const { t } = useWords();
  const whole = `${title} · ${t('Gateway console')}`;
  useEffect(() => {
    document.title = whole;
  }, [whole]);
}
