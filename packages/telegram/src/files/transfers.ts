import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import type { Home } from '../caller.ts';
import { savePart, type FilePart } from '../calls/media/upload-part.ts';
import type { ConnectLimit } from '../connection/connect-limit.ts';
import { Connection } from '../connection/connection.ts';
import type { DataCenters } from '../connection/data-centers.ts';
import { MisconfiguredError, NotSentError, RpcError } from '../errors/call-errors.ts';
import { toConnectFailure, toFailure } from '../errors/errors.ts';
import { TelegramFailure } from '../errors/telegram-failure.ts';
import type { ClientOptions } from '../types.ts';
import type { FileRange, LocatedFile } from './located-file.ts';

/** Timeout in ms for one part of a file: slow lines need more than for a call. */
const PART_TIMEOUT_MS = 60_000;
/** Connections without a transfer are closed after this time, ms. */
const IDLE_MS = 30_000;

export interface TransferOptions {
  options: ClientOptions;
  dataCenters: DataCenters;
  /** The account's data centre and key now. */
  home: () => Readonly<Home>;
  mayTalk: () => boolean;
  connectLimit: ConnectLimit;
}

/** Fetches a ticket of the account for another data centre. */
export type ExportTo = (dcId: number) => Promise<Api.auth.ExportedAuthorization>;

/**
 * The connections over which an account transfers files: one to each data centre that has some. That of the account's
 * own data centre uses the account's key a second time, which Telegram allows for transfers.
 */
export class Transfers {
  readonly #options: TransferOptions;
  readonly #connections = new Map<number, Promise<Connection>>();
  /** The keys in other data centres. */
  readonly #keys = new Map<number, Buffer>();
  readonly #closed = new AbortController();
  #running = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(options: TransferOptions) {
    this.#options = options;
  }

  /** Reads bytes of a file; fewer at its end. Several calls may run at once. @throws {TelegramFailure} */
  async read(
    { dcId, location }: LocatedFile,
    { offset, limit }: FileRange,
    exportTo: ExportTo,
  ): Promise<Buffer> {
    const request = new Api.upload.GetFile({ location, offset: bigInt(offset), limit });
    const readFrom = (from: number) => this.#call(from, request, exportTo);
    return this.#transfer(async () => {
      const answer = await readFrom(dcId).catch((error: unknown) => {
        const moved = error instanceof RpcError ? /^FILE_MIGRATE_(\d+)$/.exec(error.rpcName) : null;
        if (moved === null) throw error;
        return readFrom(Number(moved[1]));
      });
      if (answer instanceof Api.upload.File) return answer.bytes;
      throw new NotSentError('Telegram refers to a server for public files, which it was not asked for');
    });
  }

  /** Uploads a part of a file, to the account's own data centre. @throws {TelegramFailure} */
  async save(part: FilePart, exportTo: ExportTo): Promise<void> {
    await this.#transfer(() => this.#call(this.#options.home().dcId, savePart(part), exportTo));
  }

  async #transfer<T>(work: () => Promise<T>): Promise<T> {
    clearTimeout(this.#idle);
    this.#running += 1;
    try {
      return await work();
    } catch (error) {
      throw ofTransfers(toFailure(error, false));
    } finally {
      this.#running -= 1;
      if (this.#running === 0) this.#idle = setTimeout(() => void this.#closeAll(), IDLE_MS).unref();
    }
  }

  /** Closes for good: pending and later calls fail. Never throws. */
  async close(): Promise<void> {
    this.#closed.abort();
    clearTimeout(this.#idle);
    await this.#closeAll();
  }

  async #call<R extends Api.AnyRequest>(
    dcId: number,
    request: R,
    exportTo: ExportTo,
  ): Promise<R['__response']> {
    const call = async () => (await this.#connected(dcId, exportTo)).call(request, PART_TIMEOUT_MS);
    return call().catch(async (error: unknown) => {
      if (!(error instanceof RpcError) || !error.rpcName.startsWith('AUTH_KEY_') || !this.#keys.delete(dcId))
        throw error;
      // Telegram no longer knows the account by this key. Its own data centre gives another ticket.
      await this.#close(dcId);
      return call();
    });
  }

  async #connected(dcId: number, exportTo: ExportTo): Promise<Connection> {
    for (;;) {
      const known = this.#connections.get(dcId);
      if (known === undefined) break;
      const connection = await known;
      if (connection.isUp) return connection;
      this.#forget(dcId, known);
    }
    const opening = this.#open(dcId, exportTo);
    this.#connections.set(dcId, opening);
    opening.catch(() => this.#forget(dcId, opening));
    return opening;
  }

  /** Does nothing if there is a newer connection. */
  #forget(dcId: number, connection: Promise<Connection>): void {
    if (this.#connections.get(dcId) === connection) this.#connections.delete(dcId);
  }

  async #open(dcId: number, exportTo: ExportTo): Promise<Connection> {
    const { home } = this.#options;
    const { dcId: homeId, authKey } = home();
    const isHome = dcId === homeId;
    const key = isHome ? authKey : this.#keys.get(dcId);
    const connection = this.#connectionTo(dcId, key);
    try {
      await this.#connect(dcId, connection);
      if (!isHome && key === undefined) {
        const { id, bytes } = await exportTo(dcId);
        await connection.call(new Api.auth.ImportAuthorization({ id, bytes }));
        if (connection.authKey !== undefined) this.#keys.set(dcId, connection.authKey);
      }
      this.#assertOpen();
      return connection;
    } catch (error) {
      await connection.close();
      throw toConnectFailure(error);
    }
  }

  /** Opens the connection in its turn. The turn ends before anything that waits for the account's own turn. */
  async #connect(dcId: number, connection: Connection): Promise<void> {
    const { options, connectLimit } = this.#options;
    const open = () => connection.openForTransfers(options.connectTimeoutMs);
    await connectLimit.run({ dcId, purpose: 'files' }, open, this.#closed.signal);
    this.#assertOpen();
  }

  #assertOpen(): void {
    if (this.#closed.signal.aborted) throw new NotSentError('The client is closed');
  }

  #connectionTo(dcId: number, authKey: Buffer | undefined): Connection {
    const { options, dataCenters, mayTalk } = this.#options;
    const { apiId, callTimeoutMs, proxy, isOwnProxy = false, device = {} } = options;
    const dataCenter = dataCenters.find(dcId);
    if (dataCenter === undefined)
      throw toConnectFailure(new MisconfiguredError(dataCenters.whyMissing(dcId)));
    const { isCustom } = dataCenters;
    const network = { proxy, isOwnProxy, device };
    return new Connection({ apiId, dataCenter, isCustom, authKey, callTimeoutMs, ...network, mayTalk });
  }

  async #close(dcId: number): Promise<void> {
    const connection = this.#connections.get(dcId);
    this.#connections.delete(dcId);
    await connection?.then(
      (open) => open.close(),
      () => {},
    );
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#connections.keys()].map((dcId) => this.#close(dcId)));
  }
}

/** Says of a missing connection that it is the one for files. */
function ofTransfers(failed: TelegramFailure): TelegramFailure {
  const { failure, error, cause } = failed;
  if (failure.outcome !== 'retry' || failure.reached) return failed;
  return new TelegramFailure({ ...failure, onlyTransfers: true }, error, cause);
}
