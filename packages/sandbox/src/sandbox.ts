import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Control } from './control/control.ts';
import { createControlApp } from './control/http/control-app.ts';
import { serveControl, type ControlServer } from './control/http/control-server.ts';
import { exportRsaKeyPair, generateRsaKeyPair, loadRsaKeyPair } from './crypto/index.ts';
import { FileStore } from './files/file-store.ts';
import { createMtprotoServer } from './mtproto/index.ts';
import { choosePorts } from './ports.ts';
import { MAIN_DATA_CENTER } from './rpc/accounts.ts';
import { endAuthorization } from './rpc/authorizations.ts';
import { Faults } from './rpc/faults.ts';
import { createRpcHandler } from './rpc/handler.ts';
import { FileFaults } from './rpc/media/file-faults.ts';
import { TypingNotices } from './rpc/messages/typing.ts';
import { SrpChallenges } from './rpc/srp.ts';
import { DEFAULT_SETTINGS, type DataCenter, type SandboxSettings, type Telegram } from './rpc/telegram.ts';
import { PushFaults } from './rpc/updates/push-faults.ts';
import { JournalledAuthKeys } from './state/auth-keys.ts';
import { openJournal } from './state/journal-file.ts';
import type { Foundation } from './state/state.ts';
import { Store } from './state/store.ts';

export interface SandboxOptions {
  /**
   * The sandbox keeps its state in `sandbox/` below this directory. Without it, the state is in memory and ends with
   * the process.
   */
  dataDir?: string;
  /** Loopback ports. 0, the default, means any free port. `main` is the port of data centre 2. */
  ports?: { main?: number; control?: number };
  settings?: Partial<SandboxSettings>;
  /** Unix milliseconds. */
  now?: () => number;
  /** Lifetime of a server salt. */
  saltLifetimeMs?: number;
  /** Receives internal failures, whose caller gets a 500. Default: print to stderr. */
  onError?: (error: unknown) => void;
}

export interface Sandbox {
  readonly dataCenters: readonly DataCenter[];
  readonly controlUrl: string;
  /** The servers' RSA public key as PKCS #1 PEM. Clients must know it. */
  readonly publicKeyPem: string;
  /** Path of a file with the same key; undefined if the state is in memory. */
  readonly publicKeyFile: string | undefined;
  /** The control API in-process, without HTTP. */
  readonly control: Control;
  /** Closes every connection and port. Nothing is left to save: the state is on disk already. */
  close(): Promise<void>;
}

/** @throws {Error} a one-line message: which port is taken, or which process uses the directory. */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { now = Date.now, onError = (error: unknown) => console.error(error) } = options;
  const { main = 0, control: controlPort = 0 } = options.ports ?? {};
  const directory = options.dataDir === undefined ? undefined : join(options.dataDir, 'sandbox');
  const store = openStore(directory, now());
  const files = openFiles(directory, store);
  const foundation = foundationOf(store);
  let dataCenters: readonly DataCenter[] = [];
  const telegram: Telegram = {
    store,
    files,
    settings: { ...DEFAULT_SETTINGS, ...options.settings },
    faults: new Faults(),
    fileFaults: new FileFaults(),
    pushFaults: new PushFaults(),
    challenges: new SrpChallenges(),
    typing: new TypingNotices(),
    now,
    dataCenters: () => dataCenters,
    network: () => server.network,
  };
  const server = createMtprotoServer({
    dataCenters: await choosePorts(main, store.state.ports, controlPort),
    rsaKeyPair: loadRsaKeyPair(foundation.rsaPrivateKey),
    keys: new JournalledAuthKeys(store),
    handler: createRpcHandler(telegram),
    onDuplicated: (authKeyId) => endAuthorization(telegram, authKeyId, 'AUTH_KEY_DUPLICATED'),
    onError,
    clock: now,
    ...(options.saltLifetimeMs !== undefined && { saltLifetimeMs: options.saltLifetimeMs }),
  });
  const control = new Control(telegram);
  let controlServer: ControlServer | undefined;
  const close = async (): Promise<void> => {
    await controlServer?.close();
    await server.close();
    files.close();
    store.close();
  };
  try {
    const listening = await named('SANDBOX_PORT', main, server.listen());
    dataCenters = listening.map(({ dcId, host, port }) => ({ id: dcId, host, port }));
    rememberPorts(store, dataCenters);
    controlServer = await named(
      'SANDBOX_CONTROL_PORT',
      controlPort,
      serveControl(createControlApp(control, onError), controlPort),
    );
  } catch (error) {
    await close();
    throw error;
  }
  const { publicKeyPem } = server;
  const publicKeyFile = directory === undefined ? undefined : join(directory, 'server-key.pem');
  if (publicKeyFile !== undefined) writeFileSync(publicKeyFile, publicKeyPem, { mode: 0o644 });
  return { dataCenters, controlUrl: controlServer.url, publicKeyPem, publicKeyFile, control, close };
}

function openStore(directory: string | undefined, now: number): Store {
  if (directory === undefined) return new Store();
  const { state, journal } = openJournal(directory, now);
  return new Store(state, journal);
}

function openFiles(directory: string | undefined, { state }: Store): FileStore {
  if (directory === undefined) return new FileStore();
  const wanted = new Set(
    [...state.files.values()].flatMap(({ sha256, thumbnail }) => [sha256, thumbnail?.sha256]),
  );
  return new FileStore(join(directory, 'files'), (sha256) => wanted.has(sha256));
}

/** Returns the state's secret and RSA key; generates both for a new state. */
function foundationOf(store: Store): Foundation {
  if (store.state.foundation !== undefined) return store.state.foundation;
  const rsaPrivateKey = exportRsaKeyPair(generateRsaKeyPair());
  const foundation = { secret: randomBytes(32).toString('hex'), rsaPrivateKey };
  store.commit({ type: 'founded', foundation });
  return foundation;
}

function rememberPorts(store: Store, dataCenters: readonly DataCenter[]): void {
  const ports = new Map(dataCenters.map(({ id, port }) => [id, port]));
  const main = ports.get(MAIN_DATA_CENTER) ?? 0;
  ports.delete(MAIN_DATA_CENTER);
  const others = Object.fromEntries(ports);
  if (JSON.stringify(store.state.ports) === JSON.stringify({ main, others })) return;
  store.commit({ type: 'ports_chosen', ports: { main, others } });
}

/** Turns a failure to listen into an error that names the setting to change. */
async function named<T>(setting: string, port: number, listening: Promise<T>): Promise<T> {
  try {
    return await listening;
  } catch (error) {
    const isTaken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
    const reason = isTaken
      ? 'is in use: stop what listens there, or set another'
      : `cannot be listened on: ${String(error)}`;
    throw new Error(`${setting} ${port} on 127.0.0.1 ${reason}`, { cause: error });
  }
}
