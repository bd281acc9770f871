import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { checkNode, installDependencies } from './lib/dependencies.mjs';
import { checkLayers } from './lib/layers.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say, Stop } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';

/** Everything that is checked without running the product. Each failure says what mends it. */
const CHECKS = [
  { name: 'types', command: ['tsc', '--project', 'tsconfig.json'], mend: 'mend the types that tsc names' },
  {
    name: 'lint',
    command: ['oxlint', '--type-aware', '--deny-warnings'],
    mend: 'npx oxlint --type-aware --fix',
  },
  { name: 'format', command: ['oxfmt', '--check'], mend: 'npx oxfmt' },
  { name: 'unused code', command: ['knip'], mend: 'delete what knip names, or use it' },
];

await runScript(async () => {
  process.chdir(ROOT);
  checkNode();
  const { signal, release } = stopSignal();
  await installDependencies(signal);
  release();
  const failed = CHECKS.filter(({ name, command: [program = '', ...args], mend }) => {
    const result = spawnSync(join('node_modules', '.bin', program), args, {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    if (result.status === 0) say(`✓ ${name}`);
    else say(`✗ ${name}: ${mend}`);
    return result.status !== 0;
  }).map(({ name }) => name);
  const wrongArrows = checkLayers();
  for (const line of wrongArrows) say(`✗ layers: ${line}`);
  if (wrongArrows.length === 0) say('✓ layers');
  else failed.push('layers');
  if (failed.length > 0) throw new Stop(`Failed: ${failed.join(', ')}.`);
});
