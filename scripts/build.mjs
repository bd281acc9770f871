import { buildConsole } from './lib/build/console.mjs';
import { buildCode } from './lib/code.mjs';
import { runScript } from './lib/say.mjs';
import { stopSignal } from './lib/stop-signal.mjs';

/** Builds the product. `npm start` and `npm test` do so by themselves. */
await runScript(async () => {
  const { signal } = stopSignal();
  await buildConsole(signal);
  await buildCode(signal);
});
