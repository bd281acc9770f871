import { Control } from '../control/control.ts';
import { FileStore } from '../files/file-store.ts';
import { DATA_CENTERS, MAIN_DATA_CENTER } from '../rpc/accounts.ts';
import { Faults } from '../rpc/faults.ts';
import { isTlObject } from '../rpc/fields.ts';
import { createRpcHandler } from '../rpc/handler.ts';
import { FileFaults } from '../rpc/media/file-faults.ts';
import { TypingNotices } from '../rpc/messages/typing.ts';
import { SrpChallenges } from '../rpc/srp.ts';
import { DEFAULT_SETTINGS, type Telegram } from '../rpc/telegram.ts';
import { PushFaults } from '../rpc/updates/push-faults.ts';
import { Store } from '../state/store.ts';
import { codecForLayer, LAYERS, resultTypeOf } from '../tl/index.ts';
import type { Network, TlObject, TlValue } from '../types.ts';

export interface Push {
  authKeyId: string;
  updates: TlObject;
  exceptSessionId: string | undefined;
}

/**
 * "Telegram" without the network: calls go directly to the handler, and pushes are recorded. It checks that every
 * answer and push can be encoded in all layers.
 */
export class DirectTelegram {
  readonly store: Store;
  readonly control: Control;
  /** A test that stores files closes it. */
  readonly files = new FileStore();
  readonly pushes: Push[] = [];
  /** The current time in Unix milliseconds. Tests change it. */
  now = Date.parse('2024-01-15T12:00:00Z');
  readonly #telegram: Telegram;
  readonly #handler: ReturnType<typeof createRpcHandler>;

  constructor(store: Store = new Store()) {
    this.store = store;
    if (store.state.foundation === undefined) {
      store.commit({ type: 'founded', foundation: { secret: 'a secret', rsaPrivateKey: 'a key' } });
    }
    const network: Network = {
      push: (authKeyId, updates, { exceptSessionId } = {}) => {
        checkEncodable(updates, 'Updates');
        this.pushes.push({ authKeyId, updates, exceptSessionId });
      },
      dropKey: async () => {},
      connections: () => 1,
    };
    this.#telegram = {
      store,
      files: this.files,
      settings: { ...DEFAULT_SETTINGS },
      faults: new Faults(),
      fileFaults: new FileFaults(),
      pushFaults: new PushFaults(),
      challenges: new SrpChallenges(),
      typing: new TypingNotices(),
      now: () => this.now,
      dataCenters: () => DATA_CENTERS.map((id) => ({ id, host: '127.0.0.1', port: 4430 + id })),
      network: () => network,
    };
    this.control = new Control(this.#telegram);
    this.#handler = createRpcHandler(this.#telegram);
  }

  /** Creates a client with its own auth key. */
  client(authKeyId: string, dcId: number = MAIN_DATA_CENTER): DirectClient {
    return new DirectClient(authKeyId, dcId, this.#handler, this);
  }
}

/** Makes calls with one auth key. */
export class DirectClient {
  readonly authKeyId: string;
  readonly #dcId: number;
  readonly #handler: ReturnType<typeof createRpcHandler>;
  readonly #telegram: DirectTelegram;

  constructor(
    authKeyId: string,
    dcId: number,
    handler: ReturnType<typeof createRpcHandler>,
    telegram: DirectTelegram,
  ) {
    this.authKeyId = authKeyId;
    this.#dcId = dcId;
    this.#handler = handler;
    this.#telegram = telegram;
  }

  /** Makes a call. Throws the handler's error. */
  async value(method: string, params: Record<string, TlValue> = {}): Promise<TlValue> {
    const client = { apiId: 1, deviceModel: 'test', appVersion: '1' };
    const { authKeyId } = this;
    const query = { _: method, ...params };
    const value = await this.#handler({
      query,
      layer: 198,
      dcId: this.#dcId,
      authKeyId,
      sessionId: `of ${authKeyId}`,
      client,
    });
    // The answer to a call of layer 198; other layers may declare another type of answer.
    const resultType = resultTypeOf(method, 198) ?? '';
    for (const layer of LAYERS)
      if (resultTypeOf(method, layer) === resultType) checkEncodable(value, resultType, layer);
    return value;
  }

  /** Makes a call whose answer is an object. */
  async call(method: string, params: Record<string, TlValue> = {}): Promise<TlObject> {
    const value = await this.value(method, params);
    if (!isTlObject(value)) throw new Error(`${method} answered no object`);
    return value;
  }

  async sendCode(phone: string): Promise<string> {
    const credentials = { api_id: 1, api_hash: 'hash', settings: { _: 'codeSettings' } };
    const sent = await this.call('auth.sendCode', { phone_number: phone, ...credentials });
    return String(sent['phone_code_hash']);
  }

  /** Signs in by code. @returns the account's id. */
  async signIn(phone: string): Promise<number> {
    const phone_code_hash = await this.sendCode(phone);
    const { code } = this.#telegram.control.lastCode(phone);
    const { user } = await this.call('auth.signIn', {
      phone_number: phone,
      phone_code_hash,
      phone_code: code,
    });
    if (!isTlObject(user)) throw new Error('nobody is signed in');
    return Number(user['id']);
  }

  /** The `inputPeerUser` of the account with this phone. */
  async peerOf(phone: string): Promise<TlObject> {
    const { users } = await this.call('contacts.resolvePhone', { phone });
    const user = Array.isArray(users) ? users[0] : undefined;
    if (!isTlObject(user)) throw new Error(`nobody has ${phone}`);
    return { _: 'inputPeerUser', user_id: user['id'], access_hash: user['access_hash'] };
  }

  async send(peer: TlObject, message: string, params: Record<string, TlValue> = {}): Promise<TlObject> {
    const random_id = BigInt(Math.floor(Math.random() * 2 ** 50) + 1);
    return this.call('messages.sendMessage', { peer, message, random_id, ...params });
  }
}

function checkEncodable(value: TlValue, type: string, only?: number): void {
  for (const layer of LAYERS) {
    if (only === undefined || only === layer) codecForLayer(layer).encode(value, type);
  }
}
