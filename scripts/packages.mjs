import { join } from 'node:path';
import { writePackages } from './lib/build/packages.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';

/** Writes the packages that users install to dist/packages. */
await runScript(async () => {
  const { signal } = stopSignal();
  const folders = await writePackages(join(ROOT, 'dist', 'packages'), signal);
  for (const folder of Object.values(folders)) say(`${folder}: npm pack or npm publish there`);
});
