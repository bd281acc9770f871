/** One line on standard output. @param {string} line */
export function say(line) {
  process.stdout.write(`${line}\n`);
}

/** Ends the script: what is wrong and what to do, with no stack. */
export class Stop extends Error {}

/**
 * Runs a script's main part; a {@link Stop} is printed as it is and ends the process with code 1.
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main();
  } catch (error) {
    process.stderr.write(
      `\n${error instanceof Stop ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
    );
    process.exitCode = 1;
  }
}
