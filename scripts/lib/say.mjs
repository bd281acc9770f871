/** Prints one line to standard output. @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Ends the script with a message that says what is wrong and what to do; no stack trace is printed. */
export class Stop extends Error {}

/** Ends the script because of a signal, or because its parent has ended. */
export class Interrupted extends Error {}

/**
 * Runs a script's main function. Prints a {@link Stop} without its stack. Both errors end the process with code 1.
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    process.exitCode = 1;
    process.stderr.write(`\n${textOf(error)}\n`);
  }
}

/** @param {unknown} error */
function textOf(error) {
  if (error instanceof Interrupted) return `Stopped: ${error.message}.`;
  if (error instanceof Stop) return error.message;
  return error instanceof Error ? error.stack : String(error);
}
