import { launch } from './launch/launch.mjs';
import { runScript } from './lib/say.mjs';

/** Runs the product: Redis, the sandbox, the worker and the API. */
await runScript(() => launch());
