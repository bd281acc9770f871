import { once } from 'node:events';
import { createServer } from 'node:net';
import { DATA_CENTERS, MAIN_DATA_CENTER } from './rpc/accounts.ts';
import type { ChosenPorts } from './state/state.ts';

/** The port to listen on for each data centre. 0 means any free port. */
export type DataCenterPorts = { id: number; port: number }[];

/**
 * Gives the other data centres the ports after the main one, or any free port where those are taken, so that several
 * sandboxes can run side by side. Reuses the ports chosen earlier, so that clients find them after a restart.
 * @param control the port of the control API, which opens later and must stay free.
 */
export async function choosePorts(
  main: number,
  earlier: ChosenPorts | undefined,
  control = 0,
): Promise<DataCenterPorts> {
  const others = DATA_CENTERS.filter((id) => id !== MAIN_DATA_CENTER);
  const chosen: DataCenterPorts = [{ id: MAIN_DATA_CENTER, port: main }];
  for (const [index, id] of others.entries()) {
    const remembered = earlier?.main === main ? earlier.others[id] : undefined;
    const wanted = [remembered, main === 0 ? undefined : main + 1 + index].filter(
      (port) => port !== undefined,
    );
    chosen.push({ id, port: await firstFree(wanted.filter((port) => port !== control)) });
  }
  return chosen;
}

async function firstFree(ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    if (port <= 65_535 && (await isFree(port))) return port;
  }
  return 0;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
