import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorPage } from './lib/docs/error-page.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say } from './lib/say.mjs';

/** Writes the documentation pages that are generated from code. */
await runScript(async () => {
  writeFileSync(join(ROOT, 'docs', 'errors.md'), await errorPage('en'));
  writeFileSync(join(ROOT, 'docs', 'ru', 'errors.md'), await errorPage('ru'));
  say('docs/errors.md and docs/ru/errors.md written');
});
