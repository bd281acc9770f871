import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorPage } from './lib/docs/error-page.mjs';
import { openApiFile, PYTHON_DOCUMENT } from './lib/docs/openapi-file.mjs';
import { ROOT } from './lib/root.mjs';
import { runScript, say } from './lib/say.mjs';

/** Writes the documentation pages, and the document of the Python client, that are generated from code. */
await runScript(async () => {
  writeFileSync(join(ROOT, 'docs', 'errors.md'), await errorPage('en'));
  writeFileSync(join(ROOT, 'docs', 'ru', 'errors.md'), await errorPage('ru'));
  writeFileSync(join(ROOT, PYTHON_DOCUMENT), await openApiFile());
  say(`docs/errors.md, docs/ru/errors.md and ${PYTHON_DOCUMENT} written`);
});
