import './gramjs/prepare-gramjs.ts';
import { GatewayError } from '@gateway/contracts';
import { GramJsAccountClient } from './account-client.ts';
import { ConnectLimit } from './connection/connect-limit.ts';
import { DataCenters } from './connection/data-centers.ts';
import { trustServerKeys } from './connection/server-keys.ts';
import { dataCenterOf, readSession } from './connection/session.ts';
import { TelegramFailure } from './errors/telegram-failure.ts';
import type { Telegram, TelegramOptions } from './types.ts';

/**
 * Creates the access to Telegram for one process. Opens no connection. Throws an Error if a server key cannot be read.
 * `open` throws {@link TelegramFailure} (outcome `account`) if the session text cannot be read.
 */
export function createTelegram(options: TelegramOptions): Telegram {
  trustServerKeys(options.serverKeys);
  const dataCenters = new DataCenters(options.dataCenters);
  const connectLimit = new ConnectLimit();
  return {
    dataCenters: { ids: dataCenters.ids, areProduction: options.dataCenters.length === 0 },
    whyUnreachable: (session) => {
      const dcId = dataCenterOf(session);
      if (dcId === null || dataCenters.find(dcId) !== undefined) return null;
      return new GatewayError('TELEGRAM_MISCONFIGURED', dataCenters.whyMissing(dcId));
    },
    open: (session, peers, { mayTalk = () => true, isBot = false, proxy, device, onProxy } = {}) => {
      const home = session === null ? { dcId: dataCenters.first, authKey: undefined } : readHome(session);
      const own = {
        ...options,
        proxy: proxy ?? options.proxy,
        isOwnProxy: proxy !== undefined,
        device: { ...options.device, ...device },
        ...(onProxy !== undefined && { onProxy }),
      };
      return new GramJsAccountClient(own, dataCenters, home, peers, { mayTalk, isBot, connectLimit });
    },
  };
}

function readHome(session: string): ReturnType<typeof readSession> {
  try {
    return readSession(session);
  } catch (error) {
    const unreadable = new GatewayError('NOT_AUTHORIZED', 'The kept session cannot be read: sign in again.', {
      cause: error,
    });
    throw new TelegramFailure({ outcome: 'account', state: 'revoked' }, unreadable, error);
  }
}
