import { runTool } from './lib/tool.mjs';

/** Lets everything fail that can, and shows what became of the messages. See `--help`. */
await runTool(() => import('../test/chaos/main.ts'));
