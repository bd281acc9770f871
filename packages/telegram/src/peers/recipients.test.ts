import type { Recipient } from '@gateway/contracts';
import bigInt from 'big-integer';
import { Api } from 'telegram/tl/index.js';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Caller } from '../caller.ts';
import { RpcError } from '../errors/call-errors.ts';
import { toFailure } from '../errors/errors.ts';
import { MemoryPeerBook } from '../testing/memory-peer-book.ts';
import { chatOf } from './chat.ts';
import { Recipients } from './recipients.ts';

const user = (
  id: number,
  fields: { accessHash?: number; username?: string; phone?: string; min?: boolean } = {},
) => new Api.User({ id: bigInt(id), ...fields, accessHash: bigInt(fields.accessHash ?? id * 10) });
const channel = (id: number) =>
  new Api.Channel({
    id: bigInt(id),
    accessHash: bigInt(id * 10),
    title: 'C',
    photo: new Api.ChatPhotoEmpty(),
    date: 0,
  });

/** What the account can see, and how often it was asked for. */
class FakeTelegram implements Caller {
  self = user(1);
  contacts: Api.User[] = [];
  dialogs: Api.User[] = [];
  /** Users whom the dialogs speak of, with no chat of their own. */
  companions: Api.User[] = [];
  channels: Api.Channel[] = [];
  resolvable = new Map<string, Api.User>();
  refusal: RpcError | undefined;
  readonly calls: string[] = [];

  async ask<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    this.calls.push(request.className);
    if (this.refusal !== undefined) throw toFailure(this.refusal, false);
    return this.#answer(request);
  }

  async act<R extends Api.AnyRequest>(request: R): Promise<R['__response']> {
    return this.ask(request);
  }

  #answer(request: Api.AnyRequest): unknown {
    if (request instanceof Api.users.GetUsers) return [this.self];
    if (request instanceof Api.contacts.GetContacts)
      return new Api.contacts.Contacts({ contacts: [], savedCount: 0, users: this.contacts });
    if (request instanceof Api.contacts.ResolveUsername)
      return this.#resolve(request.username, 'USERNAME_NOT_OCCUPIED');
    if (request instanceof Api.contacts.ResolvePhone)
      return this.#resolve(request.phone, 'PHONE_NOT_OCCUPIED');
    if (request instanceof Api.messages.GetDialogs) return this.#page(request);
    throw new Error(`Not expected: ${request.className}`);
  }

  #resolve(name: string, refusal: string): Api.contacts.ResolvedPeer {
    const found = this.resolvable.get(name);
    if (found === undefined) throw toFailure(new RpcError(400, refusal), false);
    return new Api.contacts.ResolvedPeer({
      peer: new Api.PeerUser({ userId: found.id }),
      users: [found],
      chats: [],
    });
  }

  /** Dialogs lie in the order of their ids; each one's top message has its id and date. */
  #page({ offsetId, limit }: Api.messages.GetDialogs): Api.messages.TypeDialogs {
    const all = [...this.dialogs, ...this.channels];
    const page = all.filter((peer) => peer.id.toJSNumber() > offsetId).slice(0, limit);
    const peerOf = (peer: Api.User | Api.Channel) =>
      peer instanceof Api.User
        ? new Api.PeerUser({ userId: peer.id })
        : new Api.PeerChannel({ channelId: peer.id });
    return new Api.messages.DialogsSlice({
      count: all.length,
      dialogs: page.map(
        (peer) => new Api.Dialog({ peer: peerOf(peer), topMessage: peer.id.toJSNumber(), ...NO_COUNTS }),
      ),
      messages: page.map(
        (peer) => new Api.Message({ id: peer.id.toJSNumber(), date: 1, peerId: peerOf(peer), message: 'x' }),
      ),
      users: [...page.filter((peer) => peer instanceof Api.User), ...this.companions],
      chats: page.filter((peer) => peer instanceof Api.Channel),
    });
  }
}

const NO_COUNTS = {
  readInboxMaxId: 0,
  readOutboxMaxId: 0,
  unreadCount: 0,
  unreadMentionsCount: 0,
  unreadReactionsCount: 0,
  notifySettings: new Api.PeerNotifySettings({}),
};

let telegram: FakeTelegram;
let book: MemoryPeerBook;
let now: number;
let recipients: Recipients;

beforeEach(() => {
  telegram = new FakeTelegram();
  book = new MemoryPeerBook();
  now = 1_000_000;
  recipients = new Recipients(telegram, book, () => now);
});

const NOT_FOUND = { failure: { outcome: 'fail' }, error: { code: 'RECIPIENT_NOT_FOUND' } };

async function accessHashOf(recipient: Recipient): Promise<string | undefined> {
  const { input } = await recipients.resolve(recipient);
  return 'accessHash' in input ? input.accessHash.toString() : undefined;
}

describe('a recipient', () => {
  it('is the account itself without asking anybody', async () => {
    expect((await recipients.resolve({ kind: 'self' })).input).toBeInstanceOf(Api.InputPeerSelf);
    expect(telegram.calls).toEqual([]);
  });

  it('by username is asked for once, also where the username is not the one that the user shows', async () => {
    telegram.resolvable.set('second_name', user(7, { username: 'First' }));
    expect(await accessHashOf({ kind: 'username', username: 'second_name' })).toBe('70');
    expect(await recipients.resolve({ kind: 'username', username: 'second_name' })).toMatchObject({
      fromBook: true,
    });
    expect(telegram.calls).toEqual(['contacts.ResolveUsername']);
  });

  it('by username that nobody has is believed missing for ten minutes', async () => {
    const nobody: Recipient = { kind: 'username', username: 'nobody' };
    await expect(recipients.resolve(nobody)).rejects.toMatchObject({
      ...NOT_FOUND,
      failure: { asked: true },
    });
    now += 9 * 60_000;
    await expect(recipients.resolve(nobody)).rejects.toMatchObject({
      ...NOT_FOUND,
      failure: { asked: false },
    });
    expect(telegram.calls).toEqual(['contacts.ResolveUsername']);
    now += 2 * 60_000;
    telegram.resolvable.set('nobody', user(7));
    expect(await accessHashOf(nobody)).toBe('70');
  });

  it('by phone is looked for in the contacts first, then by resolving the phone', async () => {
    telegram.contacts = [user(7, { phone: '79991234567' })];
    telegram.resolvable.set('79990000000', user(8));
    expect(await accessHashOf({ kind: 'phone', phone: '+79991234567' })).toBe('70');
    expect(telegram.calls).toEqual(['contacts.GetContacts']);
    expect(await accessHashOf({ kind: 'phone', phone: '+79990000000' })).toBe('80');
    expect(await accessHashOf({ kind: 'phone', phone: '+79990000000' })).toBe('80');
    expect(telegram.calls).toEqual(['contacts.GetContacts', 'contacts.ResolvePhone']);
  });

  it('by id is found among the contacts without reading the dialogs', async () => {
    telegram.contacts = [user(7)];
    expect(await accessHashOf({ kind: 'user', id: '7' })).toBe('70');
    expect(telegram.calls).not.toContain('messages.GetDialogs');
  });

  it('by its own id is the account itself', async () => {
    expect(await accessHashOf({ kind: 'user', id: '1' })).toBe('10');
    expect(telegram.calls).toEqual(['users.GetUsers']);
  });

  it('by id is found on a later page of the dialogs, and all that was seen is remembered', async () => {
    telegram.dialogs = Array.from({ length: 250 }, (_, index) => user(index + 10));
    telegram.channels = [channel(500)];
    expect(await accessHashOf({ kind: 'user', id: '150' })).toBe('1500');
    expect(telegram.calls.filter((call) => call === 'messages.GetDialogs')).toHaveLength(2);
    expect(await accessHashOf({ kind: 'channel', id: '500' })).toBe('5000');
    expect(book.byId('user', '15')).toMatchObject({ accessHash: '150' });
  });

  it('is looked for in no more than ten pages of dialogs', async () => {
    telegram.dialogs = Array.from({ length: 1500 }, (_, index) => user(index + 10));
    await expect(recipients.resolve({ kind: 'user', id: '1505' })).rejects.toMatchObject(NOT_FOUND);
    expect(telegram.calls.filter((call) => call === 'messages.GetDialogs')).toHaveLength(10);
  });

  it('that nobody knows is told how to become reachable', async () => {
    await expect(recipients.resolve({ kind: 'user', id: '99' })).rejects.toThrow(
      /Write to them once by @username or \+phone/,
    );
  });

  it('is not taken from a minimal user, whose access hash is good for one message only', async () => {
    telegram.contacts = [user(7, { min: true })];
    await expect(recipients.resolve({ kind: 'user', id: '7' })).rejects.toMatchObject(NOT_FOUND);
  });

  it('that is a basic group needs no look-up', async () => {
    expect((await recipients.resolve({ kind: 'chat', id: '5' })).input).toBeInstanceOf(Api.InputPeerChat);
    expect(telegram.calls).toEqual([]);
  });
});

describe('whom the account has to do with', () => {
  const isFamiliar = (id: number) => book.byId('user', String(id))?.familiar;

  it('are its contacts and those in its list of chats, not who only comes along with these', async () => {
    telegram.contacts = [user(7)];
    telegram.dialogs = [user(8)];
    telegram.companions = [user(9)];
    await expect(recipients.resolve({ kind: 'user', id: '99' })).rejects.toMatchObject(NOT_FOUND);
    expect([7, 8, 9].map(isFamiliar)).toEqual([true, true, false]);
  });

  it('are not those whom it has looked up, unless they are contacts', async () => {
    telegram.resolvable.set('bob', user(7));
    telegram.resolvable.set('79990000000', user(8));
    telegram.resolvable.set('anna', new Api.User({ id: bigInt(9), accessHash: bigInt(90), contact: true }));
    await recipients.resolve({ kind: 'username', username: 'bob' });
    await recipients.resolve({ kind: 'phone', phone: '+79990000000' });
    await recipients.resolve({ kind: 'username', username: 'anna' });
    expect([7, 8, 9].map(isFamiliar)).toEqual([false, false, true]);
  });

  it('are those whom it has written to, also once more is heard of them', async () => {
    telegram.resolvable.set('bob', user(7, { username: 'bob' }));
    const { peer } = await recipients.resolve({ kind: 'username', username: 'bob' });
    if (peer === undefined) throw new Error('Bob is nobody');
    recipients.noteWrittenTo(peer);
    recipients.remember({ users: [user(7, { accessHash: 71 })], chats: [] });
    expect(book.byId('user', '7')).toMatchObject({ accessHash: '71', familiar: true });
  });
});

describe('what was not found', () => {
  const nobody: Recipient = { kind: 'username', username: 'nobody' };
  const lookUps = () => telegram.calls.filter((call) => call === 'contacts.ResolveUsername').length;
  const missed = async (recipient: Recipient, askedAt: number) =>
    expect(recipients.resolve(recipient, askedAt)).rejects.toMatchObject(NOT_FOUND);

  it('is asked for again by a later request, and then forgotten', async () => {
    const askedAt = now;
    now += 1;
    await missed(nobody, askedAt);
    telegram.resolvable.set('nobody', user(7));
    await missed(nobody, askedAt);
    expect(lookUps()).toBe(1);
    now += 5;
    await recipients.resolve(nobody, now);
    expect(book.missing('username:nobody', now)).toBeUndefined();
  });

  it('says when Telegram was asked, where it is not asked again', async () => {
    await missed(nobody, 0);
    await expect(recipients.resolve(nobody, 0)).rejects.toThrow(
      'Nobody has the username @nobody. Telegram said so at 1970-01-01T00:16:40Z; it is asked again from 1970-01-01T00:26:40Z on.',
    );
  });

  it('costs one look-up for all requests of before, however many there are', async () => {
    const askedAt = now;
    for (let sent = 0; sent < 1_000; sent += 1) {
      now += 10;
      await missed(nobody, askedAt);
    }
    expect(lookUps()).toBe(1);
  });

  it('costs five look-ups where a program asks again and again', async () => {
    for (let sent = 0; sent < 100; sent += 1) {
      now += 1_000;
      await missed(nobody, now);
    }
    expect(lookUps()).toBe(5);
    now += 10 * 60_000;
    await missed(nobody, now);
    expect(lookUps()).toBe(6);
  });

  it('costs twenty repeated look-ups where a thousand typos are asked for again', async () => {
    const typos = Array.from({ length: 1_000 }, (_, index): Recipient => ({
      kind: 'username',
      username: `typo${index}`,
    }));
    for (const typo of typos) await missed(typo, now);
    now += 1_000;
    for (const typo of typos) await missed(typo, now);
    expect(lookUps()).toBe(1_020);
  });

  it.each([
    ['user', (): Recipient => ({ kind: 'user', id: '99' }), () => (telegram.dialogs = [user(99)])],
    ['contact', (): Recipient => ({ kind: 'user', id: '99' }), () => (telegram.contacts = [user(99)])],
    ['channel', (): Recipient => ({ kind: 'channel', id: '99' }), () => (telegram.channels = [channel(99)])],
  ])('is read anew in the lists for a %s that came since', async (_name, recipient, appear) => {
    await missed(recipient(), now);
    await missed({ kind: 'user', id: '98' }, now);
    appear();
    now += 1;
    expect(await recipients.resolve(recipient(), now)).toBeDefined();
  });

  it('for one id is no reason not to read the lists for another that is asked for later', async () => {
    await missed({ kind: 'user', id: '98' }, now);
    telegram.dialogs = [user(99)];
    now += 1;
    expect(await recipients.resolve({ kind: 'user', id: '99' }, now)).toBeDefined();
  });

  it('says to a bot what a bot can do', async () => {
    const bot = new Recipients(telegram, book, () => now, { isBot: true });
    await expect(bot.resolve({ kind: 'phone', phone: '+79991234567' })).rejects.toThrow(
      /^A bot cannot look up phone numbers.*press Start/,
    );
  });

  it('by digits alone says that a phone number has a plus', async () => {
    await expect(recipients.resolve({ kind: 'user', id: '79991234567' })).rejects.toThrow(
      /write it with its \+: \+79991234567/,
    );
    await expect(recipients.resolve({ kind: 'user', id: '99' })).rejects.not.toThrow(/with its \+/);
  });
});

describe('many ids that are not found', () => {
  it('cost one reading of contacts and dialogs a minute', async () => {
    await expect(recipients.resolve({ kind: 'user', id: '98' })).rejects.toMatchObject(NOT_FOUND);
    const cost = telegram.calls.length;
    now += 30_000;
    await expect(recipients.resolve({ kind: 'user', id: '99' })).rejects.toMatchObject(NOT_FOUND);
    await expect(recipients.resolve({ kind: 'channel', id: '99' })).rejects.toMatchObject(NOT_FOUND);
    expect(telegram.calls).toHaveLength(cost);
    now += 31_000;
    telegram.dialogs = [user(98), user(99)];
    expect(await accessHashOf({ kind: 'user', id: '99' })).toBe('990');
  });
});

describe('an access hash that Telegram refuses', () => {
  it('is replaced by the one that Telegram gives now', async () => {
    book.remember([
      { kind: 'user', id: '7', accessHash: '666', username: 'seven', phone: null, familiar: false },
    ]);
    telegram.resolvable.set('seven', user(7, { username: 'seven' }));
    expect(await accessHashOf({ kind: 'username', username: 'seven' })).toBe('666');
    const fresh = await recipients.resolveAfresh({ kind: 'username', username: 'seven' });
    expect(fresh?.input).toMatchObject({ accessHash: bigInt(70) });
    expect(await accessHashOf({ kind: 'username', username: 'seven' })).toBe('70');
  });

  it('holds its own chat while Telegram wants a pause of look-ups: the chat counts as known', async () => {
    book.remember([
      { kind: 'user', id: '7', accessHash: '666', username: 'seven', phone: null, familiar: false },
    ]);
    telegram.refusal = new RpcError(420, 'FLOOD_WAIT_30');
    const seven: Recipient = { kind: 'username', username: 'seven' };
    expect(chatOf(seven, book).known).toBe(true);
    await expect(recipients.resolveAfresh(seven)).rejects.toMatchObject({
      failure: { outcome: 'wait', scope: 'chat', seconds: 30 },
    });
  });

  it('of an id is looked for in contacts and dialogs', async () => {
    book.remember([
      { kind: 'user', id: '7', accessHash: '666', username: null, phone: null, familiar: false },
    ]);
    telegram.dialogs = [user(7)];
    expect((await recipients.resolveAfresh({ kind: 'user', id: '7' }))?.input).toMatchObject({
      accessHash: bigInt(70),
    });
  });

  it('of a name that nobody has any more is not found', async () => {
    book.remember([
      { kind: 'user', id: '7', accessHash: '70', username: 'seven', phone: null, familiar: false },
    ]);
    await expect(recipients.resolveAfresh({ kind: 'username', username: 'seven' })).rejects.toThrow(
      'Nobody has the username @seven.',
    );
  });

  it('stays refused where Telegram gives no other', async () => {
    book.remember([
      { kind: 'user', id: '7', accessHash: '70', username: 'seven', phone: null, familiar: false },
    ]);
    telegram.resolvable.set('seven', user(7, { username: 'seven' }));
    expect(await recipients.resolveAfresh({ kind: 'username', username: 'seven' })).toBeUndefined();
    expect(await recipients.resolveAfresh({ kind: 'user', id: '8' })).toBeUndefined();
  });
});
