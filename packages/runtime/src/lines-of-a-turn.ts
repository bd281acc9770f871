import type { DestinationStream } from 'pino';
import { atTurnsEnd } from './turns-end.ts';

/**
 * Writes all lines of one turn of the event loop in one call, because a call costs as much as the line itself. Flushes
 * on exit; a killed process may lose the lines of its last turn.
 */
export function linesOfATurn(to: DestinationStream): DestinationStream {
  let lines = '';
  const flush = () => {
    if (lines === '') return;
    const written = lines;
    lines = '';
    to.write(written);
  };
  process.on('exit', flush);
  return {
    write(line) {
      if (lines === '') atTurnsEnd(flush);
      lines += line;
    },
  };
}
