import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkCommentWidth } from './lib/comment-width.mjs';
import { checkNode, installDependencies } from './lib/dependencies.mjs';
import { checkLayers } from './lib/layers.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say, Stop } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';

/** All checks that do not run the product. Each failure says how to fix it. */
const CHECKS = [
  { name: 'types', command: ['tsc', '--project', 'tsconfig.json'], fix: 'fix the types that tsc names' },
  {
    name: 'lint',
    command: ['oxlint', '--type-aware', '--deny-warnings'],
    fix: 'npx oxlint --type-aware --fix',
  },
  { name: 'format', command: ['oxfmt', '--check'], fix: 'npx oxfmt' },
  { name: 'unused code', command: ['knip'], fix: 'delete what knip names, or use it' },
];

await runScript(async () => {
  process.chdir(ROOT);
  checkNode();
  const { signal, release } = stopSignal();
  await installDependencies(signal);
  release();
  const failed = CHECKS.filter(({ name, command: [program = '', ...args], fix }) => {
    const result = spawnSync(join('node_modules', '.bin', program), args, {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (result.status === 0) say(`✓ ${name}`);
    else say(`✗ ${name}: ${fix}`);
    return result.status !== 0;
  }).map(({ name }) => name);
  for (const { name, problems } of [
    { name: 'layers', problems: checkLayers() },
    { name: 'comments', problems: checkCommentWidth() },
  ]) {
    for (const line of problems) say(`✗ ${name}: ${line}`);
    if (problems.length === 0) say(`✓ ${name}`);
    else failed.push(name);
  }
  if (failed.length > 0) throw new Stop(`Failed: ${failed.join(', ')}.`);
});
