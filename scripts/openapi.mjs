import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tsImport } from 'tsx/esm/api';
import { runCommand } from './lib/command.mjs';
import { openApiTools } from './lib/docs/openapi-tools.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say, Stop } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';

/**
 * Lints the OpenAPI document, and makes clients of it by the generators that people use most. npx and pip fetch them:
 * together they are too large for a dependency.
 */
await runScript(async () => {
  const { signal, release } = stopSignal();
  const directory = mkdtempSync(join(tmpdir(), 'gateway-openapi-'));
  try {
    const { openApiDocument } = await tsImport('../apps/api/src/openapi/document.ts', import.meta.url);
    const text = JSON.stringify(openApiDocument());
    writeFileSync(join(directory, 'openapi.json'), text);
    say(`openapi.json: ${Buffer.byteLength(text)} bytes`);
    const failed = [];
    for (const { name, files = {}, steps } of openApiTools(ROOT)) {
      const cwd = join(directory, name);
      mkdirSync(cwd);
      for (const [file, content] of Object.entries(files)) writeFileSync(join(cwd, file), content);
      const problem = await firstProblem(steps, cwd, signal);
      say(problem === null ? `✓ ${name}` : `✗ ${name}\n${problem}`);
      if (problem !== null) failed.push(name);
    }
    if (failed.length > 0) throw new Stop(`Not clean: ${failed.join(', ')}`);
  } finally {
    release();
    if (process.env['KEEP'] === undefined) rmSync(directory, { recursive: true, force: true });
    else say(`kept: ${directory}`);
  }
});

/**
 * @param {readonly { command: readonly string[], refuse?: RegExp }[]} steps
 * @param {string} cwd
 * @param {AbortSignal} signal
 * @returns {Promise<string | null>} the output of the first step that fails
 */
async function firstProblem(steps, cwd, signal) {
  for (const { command, refuse } of steps) {
    const { ok, output } = await runCommand(command, { signal, cwd });
    if (!ok || refuse?.test(output) === true) return `${command.join(' ')}\n${output}`;
  }
  return null;
}
