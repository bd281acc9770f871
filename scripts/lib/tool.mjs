import { checkNode, installDependencies } from './dependencies.mjs';
import { redisBinary } from './redis-binary.mjs';
import { ROOT } from './root.mjs';
import { runScript, say } from './say.mjs';

/**
 * Runs a tool that is written in TypeScript, with dependencies and Redis's binary seen to.
 * @param {() => Promise<{ main: (args: string[], say: (line: string) => void) => Promise<number> }>} load
 */
export async function runTool(load) {
  await runScript(async () => {
    process.chdir(ROOT);
    checkNode();
    installDependencies();
    process.env['TEST_REDIS_SERVER'] ??= redisBinary();
    const { register } = await import('tsx/esm/api');
    register();
    const { main } = await load();
    process.exitCode = await main(process.argv.slice(2), say);
  });
}
