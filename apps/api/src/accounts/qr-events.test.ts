import { GatewayError, UNKNOWN_ACCOUNT, type AccountState, type QrResult } from '@gateway/contracts';
import { expect, test } from 'vitest';
import { ALICE } from '../testing/views.ts';
import { qrEvents } from './qr-events.ts';

const SECOND = 1_000;

/** A sign-in on a clock that goes only while the stream waits. */
class SignInUnderWay {
  now = Date.parse('2024-01-15T12:00:00Z');
  state: AccountState = 'qr_pending';
  lifetime = 30 * SECOND;
  /** What asking for the code is refused with. */
  trouble: GatewayError | undefined;
  readonly asked: number[] = [];
  /** Called each time that the stream looks at the account. */
  onLook: () => void = () => {};
  readonly stop = new AbortController();
  readonly #begun = this.now;

  get seconds(): number {
    return (this.now - this.#begun) / SECOND;
  }

  show(): QrResult {
    if (this.state === 'password_required') return { status: 'password_required', hint: 'cat' };
    const url = `tg://login?token=at-${this.seconds}`;
    return { status: 'qr', url, expires_at: new Date(this.now + this.lifetime).toISOString() };
  }

  events() {
    return qrEvents({
      first: this.state === 'ready' ? null : this.show(),
      view: async () => {
        this.onLook();
        return { ...UNKNOWN_ACCOUNT, state: this.state, user: this.state === 'ready' ? ALICE : null };
      },
      show: async () => {
        this.asked.push(this.seconds);
        if (this.trouble !== undefined) throw this.trouble;
        return this.show();
      },
      signal: this.stop.signal,
      now: () => this.now,
      pause: async (ms) => {
        this.now += ms;
      },
    });
  }

  /** What happens at a second of the sign-in. */
  at(second: number, happens: () => void): void {
    const before = this.onLook;
    let isDone = false;
    this.onLook = () => {
      before();
      if (isDone || this.seconds < second) return;
      isDone = true;
      happens();
    };
  }
}

async function all(events: AsyncIterable<unknown>): Promise<unknown[]> {
  const list = [];
  for await (const event of events) list.push(event);
  return list;
}

const AUTHORIZED = { event: 'authorized', data: { status: 'authorized', user: ALICE } };
const qr = { event: 'qr', data: expect.objectContaining({ status: 'qr' }) };

test('a code is renewed while it can still be scanned, until somebody does', async () => {
  const signIn = new SignInUnderWay();
  signIn.at(60, () => (signIn.state = 'ready'));
  expect(await all(signIn.events())).toEqual([qr, qr, qr, AUTHORIZED]);
  expect(signIn.asked).toEqual([25.5, 51]);
});

test('a code that the worker shows again is told once', async () => {
  const signIn = new SignInUnderWay();
  const first = signIn.show();
  signIn.show = () => first;
  signIn.at(29, () => (signIn.state = 'ready'));
  expect(await all(signIn.events())).toEqual([qr, AUTHORIZED]);
  expect(signIn.asked.length).toBeGreaterThan(1);
});

test('an account that is signed in already is told at once', async () => {
  const signIn = new SignInUnderWay();
  signIn.state = 'ready';
  expect(await all(signIn.events())).toEqual([AUTHORIZED]);
  expect(signIn.asked).toEqual([]);
});

test('a password that is asked for ends it, with the hint', async () => {
  const signIn = new SignInUnderWay();
  signIn.at(3, () => (signIn.state = 'password_required'));
  const wanted = { event: 'password_required', data: { status: 'password_required', hint: 'cat' } };
  expect(await all(signIn.events())).toEqual([qr, wanted]);
  expect(signIn.asked).toEqual([3]);
});

test.each(['none', 'code_sent', 'revoked'] as const)(
  'an account that is %s meanwhile ends it',
  async (state) => {
    const signIn = new SignInUnderWay();
    signIn.at(3, () => (signIn.state = state));
    await expect(all(signIn.events())).rejects.toMatchObject({ code: 'AUTH_NOT_STARTED' });
  },
);

test('one that nobody scans is watched for ten minutes', async () => {
  const signIn = new SignInUnderWay();
  await expect(all(signIn.events())).rejects.toMatchObject({ code: 'AUTH_NOT_STARTED' });
  expect(signIn.seconds).toBe(600);
});

test('trouble that passes is waited out, a second between two tries', async () => {
  const signIn = new SignInUnderWay();
  signIn.trouble = new GatewayError('WORKER_UNAVAILABLE');
  signIn.at(40, () => (signIn.trouble = undefined));
  signIn.at(45, () => (signIn.state = 'ready'));
  expect(await all(signIn.events())).toEqual([qr, qr, AUTHORIZED]);
  expect(signIn.asked.slice(0, 3)).toEqual([25.5, 26.5, 27.5]);
});

test('trouble that goes on for half a minute after the last code is told', async () => {
  const signIn = new SignInUnderWay();
  signIn.trouble = new GatewayError('TELEGRAM_UNAVAILABLE');
  await expect(all(signIn.events())).rejects.toMatchObject({ code: 'TELEGRAM_UNAVAILABLE' });
  expect(signIn.seconds).toBeGreaterThanOrEqual(60);
  expect(signIn.seconds).toBeLessThan(62);
});

test.each([
  new GatewayError('FLOOD_WAIT', undefined, { retryAfter: 30 }),
  new GatewayError('API_ID_INVALID'),
])('a failure that asking again does not help against shows at once: $code', async (trouble) => {
  const signIn = new SignInUnderWay();
  signIn.trouble = trouble;
  await expect(all(signIn.events())).rejects.toBe(trouble);
  expect(signIn.asked).toEqual([25.5]);
});

test('a caller that has gone is told nothing more', async () => {
  const signIn = new SignInUnderWay();
  signIn.at(3, () => signIn.stop.abort());
  expect(await all(signIn.events())).toEqual([qr]);
});
