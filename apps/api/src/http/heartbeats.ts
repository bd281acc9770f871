/** Seconds between two heartbeats of a stream. Proxies close connections that are silent for a minute. */
const PERIOD_S = 15;

/** Streams by the second of the period in which they send, so that thousands never send at once. */
const slots = Array.from({ length: PERIOD_S }, () => new Set<() => void>());

let opened = 0;
let open = 0;
let second = 0;
let timer: NodeJS.Timeout | undefined;

/** Calls `send` every 15 s until the returned function is called. All streams share one timer. */
export function onHeartbeat(send: () => void): () => void {
  const slot = slots[(opened += 1) % PERIOD_S] as Set<() => void>;
  slot.add(send);
  open += 1;
  timer ??= setInterval(tick, 1_000);
  return () => {
    if (!slot.delete(send)) return;
    open -= 1;
    if (open > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function tick(): void {
  second = (second + 1) % PERIOD_S;
  for (const send of slots[second] ?? []) send();
}
