import { buildCode } from './code.mjs';
import { checkNode, installDependencies } from './dependencies.mjs';
import { redisBinary } from './redis/redis-binary.mjs';
import { ROOT } from './root.mjs';
import { runScript, say } from './say.mjs';
import { stopSignal } from './stop-signal.mjs';

/**
 * Runs a tool written in TypeScript. First installs the dependencies and Redis and builds the product, if needed.
 * @param {() => Promise<{ main: (args: string[], say: (line: string) => void) => Promise<number> }>} load
 */
export async function runTool(load) {
  await runScript(async () => {
    process.chdir(ROOT);
    checkNode();
    const { signal, release } = stopSignal();
    await installDependencies(signal);
    await buildCode(signal);
    process.env['TEST_REDIS_SERVER'] ??= await redisBinary(signal);
    // From now on the tool handles its signals itself.
    release();
    const { register } = await import('tsx/esm/api');
    register();
    const { main } = await load();
    process.exitCode = await main(process.argv.slice(2), say);
  });
}
