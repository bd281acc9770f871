import {
  GatewayError,
  parseProxy,
  shownProxy,
  type AccountDevice,
  type NetworkChange,
  type ProxyServer,
} from '@gateway/contracts';
import { SealingError, type Sealer } from '@gateway/runtime';
import type { StoredNetwork } from '@gateway/sessions';
import { TelegramFailure } from '@gateway/telegram';

/** How an account connects to Telegram, as far as that is its own. */
export interface AccountNetwork {
  proxy: ProxyServer | undefined;
  device: AccountDevice | undefined;
}

/** Seals and opens the networks of one account. */
export class NetworkSealing {
  readonly #sealer: Pick<Sealer, 'seal' | 'open'>;
  readonly #context: string;

  constructor(sealer: Pick<Sealer, 'seal' | 'open'>, userId: string) {
    this.#sealer = sealer;
    this.#context = `proxy:${userId}`;
  }

  /** The network after a change, to be stored. Absent fields stay. */
  changed({ proxy, sealed_proxy, device }: StoredNetwork, change: NetworkChange): StoredNetwork {
    const { proxy: address, ...fields } = change;
    const kept = address === undefined ? { proxy, sealed_proxy } : this.#stored(address);
    const newDevice = { ...device, ...fields };
    return {
      ...(kept.proxy !== undefined && { proxy: kept.proxy }),
      ...(kept.sealed_proxy !== undefined && { sealed_proxy: kept.sealed_proxy }),
      ...(Object.keys(newDevice).length > 0 && { device: newDevice }),
    };
  }

  /** @throws {TelegramFailure} if the proxy cannot be read: the account is not connected without it. */
  open({ sealed_proxy: sealed, device }: StoredNetwork): AccountNetwork {
    if (sealed === undefined) return { proxy: undefined, device };
    const proxy = parseProxy(this.#opened(sealed));
    if (typeof proxy === 'string') throw unreadable();
    return { proxy, device };
  }

  #stored(address: string | null): Pick<StoredNetwork, 'proxy' | 'sealed_proxy'> {
    const server = address === null ? undefined : parseProxy(address);
    if (address === null || server === undefined || typeof server === 'string') return {};
    return { proxy: shownProxy(server), sealed_proxy: this.#sealer.seal(address, this.#context) };
  }

  #opened(sealed: string): string {
    try {
      return this.#sealer.open(sealed, this.#context);
    } catch (error) {
      throw error instanceof SealingError ? unreadable(error) : error;
    }
  }
}

function unreadable(cause?: unknown): TelegramFailure {
  const error = new GatewayError(
    'PROXY_UNREACHABLE',
    'The own proxy of the account cannot be read with this SESSION_ENCRYPTION_KEY: set it again.',
    { cause },
  );
  return new TelegramFailure({ outcome: 'retry', reached: false }, error, cause);
}
