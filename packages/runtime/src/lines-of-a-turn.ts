import type { DestinationStream } from 'pino';
import { atTurnsEnd } from './turns-end.ts';

/**
 * Writes the lines of one turn of the event loop in one call, which costs as much as the line itself. What is left when the process ends is
 * written then; a process that is killed may owe the lines of its last turn.
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
