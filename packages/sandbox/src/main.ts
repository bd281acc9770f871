import { readEnv } from './env.ts';
import { createSandbox } from './sandbox.ts';

/**
 * Runs the sandbox as a separate process. A parent with an IPC channel gets one message when the sandbox is up:
 * `{type: 'ready', dataCenters, controlUrl, publicKeyFile}`. The sandbox stops when that channel closes.
 */
async function main(): Promise<void> {
  const ending = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve).once('SIGINT', resolve).once('disconnect', resolve);
  });
  // The parent ended before the `disconnect` listener was added.
  if (process.send !== undefined && !process.connected) return;
  const { DATA_DIR, SANDBOX_PORT, SANDBOX_CONTROL_PORT } = readEnv(process.env);
  const sandbox = await createSandbox({
    dataDir: DATA_DIR,
    ports: { main: SANDBOX_PORT, control: SANDBOX_CONTROL_PORT },
  });
  const { dataCenters, controlUrl, publicKeyFile } = sandbox;
  const addresses = dataCenters.map(({ id, host, port }) => `${id} at ${host}:${port}`).join(', ');
  console.log(`sandbox: data centres ${addresses}; control ${controlUrl}`);
  // If sending fails, the parent has just ended and `disconnect` follows.
  const ready = { type: 'ready', dataCenters, controlUrl, publicKeyFile };
  if (process.connected) process.send?.(ready, undefined, {}, () => {});
  await ending;
  await sandbox.close();
  if (process.connected) process.disconnect();
}

main().catch((error: unknown) => {
  console.error(`sandbox: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
  if (process.connected) process.disconnect();
});
