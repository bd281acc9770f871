const works: (() => void)[] = [];

/**
 * Runs `work` at the end of this turn of the event loop, after everything that the turn brought. Work added meanwhile
 * runs, too. `work` must not throw.
 */
export function atTurnsEnd(work: () => void): void {
  works.push(work);
  if (works.length === 1) setImmediate(endTurn);
}

function endTurn(): void {
  for (let index = 0; index < works.length; index += 1) works[index]?.();
  works.length = 0;
}
