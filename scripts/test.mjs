import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildConsole } from './lib/build/console.mjs';
import { checkNode, installDependencies } from './lib/dependencies.mjs';
import { redisBinary } from './lib/redis/redis-binary.mjs';
import { startRedis } from './lib/redis/redis.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say, Stop } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';
import { Supervisor } from './lib/supervisor.mjs';

/** With `--watch`, vitest keeps running and repeats the tests that a change affects. */
const isWatching = process.argv.includes('--watch');

/** Runs all tests, or those that vitest finds by the arguments, with their own Redis. */
await runScript(async () => {
  process.chdir(ROOT);
  checkNode();
  const { signal } = stopSignal();
  await installDependencies(signal);
  await buildConsole(signal);
  const binary = await redisBinary(signal);
  const directory = mkdtempSync(join(tmpdir(), 'gateway-test-'));
  const crashed = new AbortController();
  const supervisor = new Supervisor((crash) => {
    process.stderr.write(`${crash}: stopping the tests.\n`);
    crashed.abort();
  });
  try {
    const redisUrl = await startRedis({ binary, directory: join(directory, 'redis'), supervisor });
    const report = join(directory, 'report.json');
    const exitCode = await runVitest(
      report,
      { REDIS_URL: redisUrl, TEST_REDIS_SERVER: binary },
      AbortSignal.any([signal, crashed.signal]),
    );
    if (!isWatching) printSummary(report, exitCode);
  } finally {
    await supervisor.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});

/**
 * @param {string} report @param {Record<string, string>} env @param {AbortSignal} signal
 * @returns {Promise<number | null>} vitest's exit code
 */
function runVitest(report, env, signal) {
  const mode = isWatching
    ? ['watch']
    : ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = [...mode, ...process.argv.slice(2).filter((argument) => argument !== '--watch')];
  const vitest = spawn(process.execPath, [join('node_modules', 'vitest', 'vitest.mjs'), ...args], {
    env: { ...process.env, ...env },
    // Watch mode reads keys.
    stdio: [isWatching ? 'inherit' : 'ignore', 'inherit', 'inherit'],
  });
  signal.addEventListener('abort', () => vitest.kill('SIGTERM'));
  return new Promise((resolve, reject) => {
    vitest.once('error', reject);
    vitest.once('close', (code) => resolve(code));
  });
}

/** Prints the summary line that CI reads. @param {string} file @param {number | null} exitCode */
function printSummary(file, exitCode) {
  /** @type {Record<'numPassedTests' | 'numFailedTests' | 'numPendingTests' | 'numFailedTestSuites', number>} */
  let report;
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    say('0 passed, 1 failed');
    throw new Stop('The test runner ended without a report.');
  }
  const { numPassedTests: passed, numPendingTests: skipped } = report;
  // A file that could not be loaded and an error between tests count no failed test, so at least one is counted.
  const failed = Math.max(report.numFailedTests, exitCode === 0 ? 0 : 1);
  process.exitCode = failed === 0 ? 0 : 1;
  say(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
}
