import { runTool } from './lib/tool.mjs';

/** Shows that one account's flood wait, or its long line, slows no other. See `--help`. */
await runTool(() => import('../test/bench/isolation.ts'));
