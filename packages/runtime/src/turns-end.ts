const works: (() => void)[] = [];

/**
 * Does something once all is done that this turn of the event loop has brought; so is what is asked for meanwhile. `work` must not throw.
 */
export function atTurnsEnd(work: () => void): void {
  works.push(work);
  if (works.length === 1) setImmediate(endTurn);
}

function endTurn(): void {
  for (let index = 0; index < works.length; index += 1) works[index]?.();
  works.length = 0;
}
