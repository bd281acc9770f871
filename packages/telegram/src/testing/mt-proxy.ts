import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { DataCenter } from '../types.ts';
import { ProxyServer } from './proxy-server.ts';

const HEADER = 64;
const TAGS = new Set([0xeeeeeeee, 0xdddddddd]);

/**
 * An MTProto proxy as Telegram describes it: decrypts what clients with its secret send, and passes it on to the data
 * centre that they name, over an obfuscated connection of its own. It closes other connections.
 */
export class MtProxyServer extends ProxyServer {
  readonly #secret: Buffer;
  readonly #dataCenters: readonly DataCenter[];
  /** The ids of the data centres that clients have named, and whether their messages are padded. */
  readonly targets: { dcId: number; isPadded: boolean }[] = [];

  private constructor(secret: string, dataCenters: readonly DataCenter[]) {
    super();
    this.#secret = Buffer.from(secret, 'hex').subarray(-16);
    this.#dataCenters = dataCenters;
  }

  static async start(secret: string, dataCenters: readonly DataCenter[]): Promise<MtProxyServer> {
    return new MtProxyServer(secret, dataCenters).listen();
  }

  protected async serve(client: Socket): Promise<void> {
    const header = await readHeader(client);
    const forward = header.subarray(8, 56);
    const backward = Buffer.from(forward).reverse();
    const decipher = createDecipheriv('aes-256-ctr', this.#keyOf(forward), forward.subarray(32));
    const cipher = createCipheriv('aes-256-ctr', this.#keyOf(backward), backward.subarray(32));
    const plain = decipher.update(header);
    const tag = plain.readUInt32LE(56);
    const dcId = plain.readInt16LE(60);
    const dataCenter = this.#dataCenters.find(({ id }) => id === dcId);
    if (!TAGS.has(tag) || dataCenter === undefined) return void client.destroy();
    this.targets.push({ dcId, isPadded: tag === 0xdddddddd });
    const target = connect(dataCenter.port, dataCenter.host);
    this.keep(target);
    await once(target, 'connect');
    // The inner transport stays: only the encryption is another.
    const own = ownHeader(tag);
    target.write(own.header);
    client.on('data', (bytes) => target.write(own.cipher.update(decipher.update(bytes))));
    target.on('data', (bytes) => client.write(cipher.update(own.decipher.update(bytes))));
    client.on('close', () => target.destroy());
    target.on('close', () => client.destroy());
    client.resume();
  }

  #keyOf(stream: Buffer): Buffer {
    return createHash('sha256').update(stream.subarray(0, 32)).update(this.#secret).digest();
  }
}

/** Reads the header. The bytes behind it stay in the socket. */
async function readHeader(socket: Socket): Promise<Buffer> {
  for (;;) {
    const header: unknown = socket.read(HEADER);
    if (Buffer.isBuffer(header)) return header;
    await once(socket, 'readable');
  }
}

function ownHeader(tag: number) {
  const header = randomBytes(HEADER);
  header.fill(0x55, 0, 8);
  header.writeUInt32LE(tag, 56);
  const forward = header.subarray(8, 56);
  const backward = Buffer.from(forward).reverse();
  const cipher = createCipheriv('aes-256-ctr', forward.subarray(0, 32), forward.subarray(32));
  const decipher = createDecipheriv('aes-256-ctr', backward.subarray(0, 32), backward.subarray(32));
  const encrypted = Buffer.concat([header.subarray(0, 56), cipher.update(header).subarray(56)]);
  return { header: encrypted, cipher, decipher };
}
