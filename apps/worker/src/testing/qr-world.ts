import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EMPTY_SEND_STATE, GatewayError, type AccountState, type UserInfo } from '@gateway/contracts';
import { parseSettings, paceSettings, Sealer, silentLogger } from '@gateway/runtime';
import { openFileSessionStore, type SessionStore } from '@gateway/sessions';
import { TelegramFailure, type AccountClient, type FailureOutcome, type QrLogin } from '@gateway/telegram';
import { onTestFinished } from 'vitest';
import { NetworkSealing } from '../accounts/account-network.ts';
import { Account } from '../accounts/account.ts';
import { QrSignIn } from '../control/qr-sign-in.ts';
import { SendLedger } from '../lane/send-ledger.ts';

export const USER: UserInfo = {
  id: 1,
  first_name: 'Алиса',
  last_name: null,
  username: 'alice',
  phone_number: '+79991234567',
};
const CODE_SENT = {
  phone_code_hash: 'hash',
  delivery: 'app',
  next_delivery: null,
  code_length: 5,
  timeout: null,
} as const;

/** An account over a real store, with a fake Telegram that answers as the test sets up. */
export class QrWorld {
  now = Date.parse('2024-01-15T12:00:00Z');
  /** The answers to the next requests for a code; a new code if none is left. */
  readonly answers: (QrLogin | Error)[] = [];
  /** The calls to Telegram, in order. */
  readonly calls: string[] = [];
  readonly shown: AccountState[] = [];
  readonly authorized: string[] = [];
  readonly failures: unknown[] = [];
  /** Reports a scan to the client that last requested a code. */
  scan: () => void = () => {};
  readonly account: Account;
  readonly qr = new QrSignIn({
    now: () => this.now,
    authorized: (userId) => this.authorized.push(userId),
    failed: (_userId, error) => this.failures.push(error),
  });

  private constructor(open: (world: QrWorld) => Account) {
    this.account = open(this);
  }

  static async open(): Promise<QrWorld> {
    const dataDir = await mkdtemp(join(tmpdir(), 'qr-sign-in-'));
    const store = await openFileSessionStore({ dataDir, sealer: new Sealer([randomBytes(32)]) });
    onTestFinished(async () => {
      await store.close();
      await rm(dataDir, { recursive: true });
    });
    // The account is loaded before the world exists, and reports to it later.
    const worlds: QrWorld[] = [];
    const account = await loadAccount(store, () => worlds[0]);
    const world = new QrWorld(() => account);
    worlds.push(world);
    return world;
  }

  show(begin = true) {
    return this.account.inTurn(() => this.qr.show(this.account, begin));
  }

  /** Resolves when no task is running. */
  async settled(): Promise<void> {
    await this.account.inTurn(async () => {});
  }

  client(): AccountClient {
    const call = async (name: string) => void this.calls.push(name);
    const session = `session ${this.calls.filter((name) => name === 'open').length}`;
    this.calls.push('open');
    return {
      connect: () => call('connect'),
      session: () => session,
      sendCode: async () => (await call('sendCode'), CODE_SENT),
      resendCode: async () => (await call('resendCode'), CODE_SENT),
      cancelCode: () => call('cancelCode'),
      signIn: async () => ({ status: 'authorized', user: USER }),
      exportLoginToken: async (onScan) => {
        await call('exportLoginToken');
        this.scan = onScan;
        const answer = this.answers.shift() ?? this.code();
        if (answer instanceof Error) throw answer;
        return answer;
      },
      checkPassword: async () => USER,
      signInBot: async () => USER,
      me: async () => (await call('me'), USER),
      run: () => Promise.reject(new Error('this world sends nothing')),
      captionLimit: async () => 1024,
      read: () => Promise.reject(new Error('this world reads nothing')),
      receive: () => Promise.reject(new Error('this world receives nothing')),
      updatePlace: () => Promise.reject(new Error('this world receives nothing')),
      readFile: () => Promise.reject(new Error('this world reads nothing')),
      uploadPart: () => Promise.reject(new Error('this world sends nothing')),
      logOut: () => call('logOut'),
      close: async () => {},
    };
  }

  code(): QrLogin {
    const url = `tg://login?token=${this.calls.length}`;
    return { status: 'qr', url, expiresAt: this.now + 30_000 };
  }
}

export function failure(outcome: FailureOutcome): TelegramFailure {
  return new TelegramFailure(outcome, new GatewayError('TELEGRAM_TIMEOUT'));
}

function loadAccount(store: SessionStore, world: () => QrWorld | undefined): Promise<Account> {
  return Account.load(
    {
      userId: 'alice',
      isBot: false,
      get files(): never {
        throw new Error('this world has no files');
      },
      store,
      network: new NetworkSealing(new Sealer([randomBytes(32)]), 'alice'),
      telegram: {
        dataCenters: { ids: [2], areProduction: false },
        whyUnreachable: () => null,
        open: () => {
          const opened = world()?.client();
          if (opened === undefined) throw new Error('opened before the world exists');
          return opened;
        },
      },
      publish: async ({ state }) => void world()?.shown.push(state),
      publishHold: async () => {},
      inbox: {
        append: async () => {},
        readState: async () => null,
        settle: async () => {},
        writeSettings: async () => {},
        forget: async () => {},
      },
      names: { store: async () => {} },
      endReceiving: () => {},
      ledger: new SendLedger(EMPTY_SEND_STATE, async () => {}),
      metrics: { telegramSend: () => {} },
      pace: paceSettings(parseSettings({})),
      mayServe: () => true,
      logger: silentLogger(),
      now: () => world()?.now ?? 0,
    },
    { state: 'none', hold: null },
  );
}
