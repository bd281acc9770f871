import { launch } from './launch/launch.mjs';
import { runScript } from './lib/say.mjs';

/** Runs the product like `npm start`, and reloads each process when its sources change. */
await runScript(() => launch({ isReloading: true }));
