import type { AccountView, HoldNotice, PaceSettings } from '@gateway/contracts';
import type { Logger } from '@gateway/runtime';
import type { SessionStore } from '@gateway/sessions';
import type { Telegram } from '@gateway/telegram';
import type { WorkerMetrics } from '@gateway/telemetry';
import type { SendLedger } from '../delivery/send-ledger.ts';

/** What an account stands on. */
export interface AccountOptions {
  userId: string;
  isBot: boolean;
  store: SessionStore;
  telegram: Telegram;
  /** Shows the view to the API. */
  publish: (view: AccountView) => Promise<void>;
  /** Tells who waits for a job of this account that it is held. */
  publishHold: (hold: HoldNotice) => Promise<void>;
  ledger: SendLedger;
  metrics: Pick<WorkerMetrics, 'telegramSend'>;
  /** The server's pace, for an account with none of its own. */
  pace: PaceSettings;
  /** False once another worker may be serving the account: Telegram must not be talked to then. */
  mayServe: () => boolean;
  logger: Logger;
  now: () => number;
}
