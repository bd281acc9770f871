import type { AccountView, HoldNotice, PaceSettings } from '@gateway/contracts';
import type { KnownNames } from '@gateway/queue';
import type { Logger } from '@gateway/runtime';
import type { SessionStore } from '@gateway/sessions';
import type { Telegram } from '@gateway/telegram';
import type { WorkerMetrics } from '@gateway/telemetry';
import type { AccountInbox } from '../inbox/account-inbox.ts';
import type { SendLedger } from '../lane/send-ledger.ts';
import type { AccountFiles } from '../media/account-files.ts';
import type { NetworkSealing } from './account-network.ts';

/** What an account needs from its worker. */
export interface AccountOptions {
  userId: string;
  isBot: boolean;
  store: SessionStore;
  telegram: Telegram;
  /** Seals the address of the account's own proxy. */
  network: NetworkSealing;
  /** Publishes the account's view to the API. */
  publish: (view: AccountView) => Promise<void>;
  /** The account's sequence of events. */
  inbox: Pick<AccountInbox, 'append' | 'readState' | 'settle' | 'writeSettings' | 'forget'>;
  /** Whom the account knows by which name, for the check of `replies_only`. */
  names: Pick<KnownNames, 'store'>;
  /** Called when what it receives has changed: the current reading must end. */
  endReceiving: () => void;
  /** Publishes to callers that wait for a job of this account that it is held. */
  publishHold: (hold: HoldNotice) => Promise<void>;
  files: AccountFiles;
  ledger: SendLedger;
  metrics: Pick<WorkerMetrics, 'telegramSend'>;
  /** The server's pace, for accounts without one of their own. */
  pace: PaceSettings;
  /** False once another worker may own the account: this worker must not talk to Telegram for it then. */
  mayServe: () => boolean;
  logger: Logger;
  now: () => number;
}
