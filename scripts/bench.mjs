import { runTool } from './lib/tool.mjs';

/** Measures the product against the bare libraries, side by side. See `--help`. */
await runTool(() => import('../test/bench/main.ts'));
