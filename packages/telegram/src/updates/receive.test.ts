import type { ShownChat } from '@gateway/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testPhone, World, type SignedIn } from '../testing/world.ts';
import type { Told, Typing } from './content.ts';

/** Text of messages by which a test knows how far an account has received. */
const MARK = 'mark';

/** Leaves marks and service messages out. */
function isOf({ text, chat }: { text: string; chat: ShownChat }, chatId?: string): boolean {
  return text !== '' && text !== MARK && (chatId === undefined || chat.id === chatId);
}

/** Receives for an account until it is stopped, and goes on from the stored place. */
class Receiver {
  readonly told: (Told | Typing)[] = [];
  readonly #of: SignedIn;
  readonly #wantsChat: (chat: ShownChat) => boolean;
  stored: Record<string, string> | null = null;
  #stop = new AbortController();
  #ended: Promise<void> = Promise.resolve();

  readonly #mark: (text: string) => void;

  constructor(
    of: SignedIn,
    mark: (text: string) => void,
    wantsChat: (chat: ShownChat) => boolean = () => true,
  ) {
    this.#of = of;
    this.#mark = mark;
    this.#wantsChat = wantsChat;
  }

  async start(): Promise<void> {
    const { client, user } = this.#of;
    this.stored ??= await client.updatePlace({ wantsChat: this.#wantsChat, stored: null });
    this.#stop = new AbortController();
    this.#ended = client.receive(
      {
        ownId: String(user.id),
        stored: this.stored,
        wantsChat: this.#wantsChat,
        deliver: async ({ told, state }) => {
          this.told.push(...told);
          this.stored = { ...this.stored, ...state?.set };
          for (const field of state?.remove ?? []) delete this.stored[field];
        },
        signal: this.#stop.signal,
      },
      (call) => call(),
    );
    this.#ended.catch(() => {});
    await this.isLive();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  /** Resolves when the connection was lost. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  texts(chatId?: string): string[] {
    return this.told.flatMap((each) =>
      each.type === 'message.new' && isOf(each.message, chatId) ? [each.message.text] : [],
    );
  }

  /** Whether it has caught up, and reads what is pushed. */
  async isLive(): Promise<void> {
    const before = this.told.length;
    const isPushed = () => {
      this.#mark(MARK);
      return this.told.slice(before).some((each) => each.type === 'message.new' && !each.caught_up);
    };
    await expect.poll(isPushed).toBe(true);
  }

  of<T extends Told['type']>(type: T): Extract<Told, { type: T }>[] {
    return this.told.filter((each): each is Extract<Told, { type: T }> => each.type === type);
  }
}

describe('receiving', () => {
  let world: World;
  let alice: SignedIn;
  let bob: SignedIn;
  beforeAll(async () => {
    world = await World.create();
    alice = await world.signIn(testPhone());
    bob = await world.signIn(testPhone());
  });
  afterAll(() => world.close());

  const write = (text: string, to: number | string = alice.user.id) =>
    world.control.actions.send({ from: bob.user.id, to, text });

  test('what was pushed before it is stopped is still delivered', async () => {
    const wantsChat = () => true;
    const stored = await alice.client.updatePlace({ wantsChat, stored: null });
    const stop = new AbortController();
    const texts: string[] = [];
    let isBlocked = false;
    let release = () => {};
    const released = new Promise<void>((resolve) => (release = resolve));
    const ended = alice.client.receive(
      {
        ownId: String(alice.user.id),
        stored,
        wantsChat,
        deliver: async ({ told }) => {
          texts.push(...told.flatMap((each) => (each.type === 'message.new' ? [each.message.text] : [])));
          isBlocked = told.some((each) => each.type === 'message.new' && !each.caught_up);
          if (isBlocked) await released;
        },
        signal: stop.signal,
      },
      (call) => call(),
    );
    const isReading = () => {
      if (!isBlocked) write(MARK);
      return isBlocked;
    };
    await expect.poll(isReading).toBe(true);
    write('the last');
    // Its answer comes after the push, on the same connection.
    await alice.client.updatePlace({ wantsChat, stored });
    stop.abort();
    release();
    await ended;
    expect(texts.at(-1)).toBe('the last');
  });

  test('a message is told when it arrives, and one that was missed is fetched', async () => {
    const receiver = new Receiver(alice, write);
    await receiver.start();
    write('live');
    await expect.poll(() => receiver.texts()).toEqual(['live']);
    expect(receiver.of('message.new').at(-1)).toMatchObject({
      caught_up: false,
      message: {
        direction: 'in',
        chat: {
          id: String(bob.user.id),
          type: 'private',
          title: [bob.user.first_name, bob.user.last_name].join(' '),
        },
      },
    });
    await receiver.stop();
    write('missed 1');
    write('missed 2');
    await receiver.start();
    write('live again');
    await expect.poll(() => receiver.texts()).toEqual(['live', 'missed 1', 'missed 2', 'live again']);
    const caughtUp = receiver
      .of('message.new')
      .filter(({ caught_up, message }) => caught_up && isOf(message));
    expect(caughtUp.map(({ message }) => message.text)).toEqual(['missed 1', 'missed 2']);
    expect(alice.book.byId('user', String(bob.user.id))?.accessHash).toEqual(expect.any(String));
    await receiver.stop();
  });

  test('own sends are told with their random id, and others in order around them', async () => {
    const receiver = new Receiver(alice, write);
    await receiver.start();
    for (const [index, text] of ['a', 'b', 'c'].entries()) {
      write(`in ${text}`);
      const recipient = { kind: 'user', id: String(bob.user.id) } as const;
      await alice.client.run('send', {
        recipient,
        text: `out ${text}`,
        randomId: BigInt(900 + index),
        linkPreview: false,
      });
    }
    await expect.poll(() => receiver.texts()).toEqual(['in a', 'out a', 'in b', 'out b', 'in c', 'out c']);
    const ofTest = receiver.of('message.new').filter(({ message }) => message.text !== MARK);
    expect(ofTest.map(({ randomId }) => randomId)).toEqual([
      undefined,
      '900',
      undefined,
      '901',
      undefined,
      '902',
    ]);
    await receiver.stop();
  });

  test('nothing is missing, doubled or out of order when pushes are', async () => {
    const channel = await newChat('supergroup');
    const receiver = new Receiver(alice, write);
    await receiver.start();
    write('first', channel);
    await expect.poll(() => receiver.texts(channel)).toEqual(['first']);
    const sent: string[] = [];
    for (const updates of ['drop', 'reorder', 'duplicate', 'delay', 'drop'] as const) {
      world.control.addPushFault({ updates, user_id: alice.user.id, times: 2 });
      for (const number of [1, 2, 3, 4]) {
        sent.push(`${updates} ${number}`);
        write(`${updates} ${number}`);
        write(`${updates} ${number}`, channel);
      }
    }
    const inBob = String(bob.user.id);
    await expect.poll(() => receiver.texts(inBob)).toEqual(sent);
    await expect.poll(() => receiver.texts(channel)).toEqual(['first', ...sent]);
    await receiver.stop();
  });

  async function newChat(kind: 'supergroup' | 'channel' | 'group'): Promise<string> {
    const members = [bob.user.id, alice.user.id];
    return String(world.control.createChat({ title: `A ${kind}`, kind, members }).id);
  }

  test('a chat that it joined while away is told from then on, and one that is not wanted is not', async () => {
    const receiver = new Receiver(alice, write, ({ title }) => title !== 'A channel');
    await receiver.start();
    await receiver.stop();
    const [group, channel] = [await newChat('supergroup'), await newChat('channel')];
    write('in the group', group);
    write('in the channel', channel);
    await receiver.start();
    await expect.poll(() => receiver.texts(group)).toContain('in the group');
    write('later', group);
    write('later', channel);
    await expect.poll(() => receiver.texts(group)).toContain('later');
    expect(receiver.texts(channel)).toEqual([]);
    await receiver.stop();
  });

  test.each(['channel', 'supergroup'] as const)(
    'the first message of a %s that it has just joined is told, though its push is lost',
    async (kind) => {
      const username = `just_joined_${kind}`;
      const members = [bob.user.id];
      const channel = String(
        world.control.createChat({ title: `Joined ${kind}`, kind, members, username }).id,
      );
      const receiver = new Receiver(alice, write);
      await receiver.start();
      await alice.client.run('chat.join', { target: { recipient: { kind: 'username', username } } });
      world.control.addPushFault({ updates: 'drop', user_id: alice.user.id, times: 1 });
      for (const text of ['lost', 'pushed', 'later']) write(text, channel);
      await expect.poll(() => receiver.texts(channel)).toEqual(['lost', 'pushed', 'later']);
      const first = receiver.of('message.new').find(({ message }) => isOf(message, channel));
      expect(first).toMatchObject({ caught_up: true });
      expect(receiver.of('updates.gap')).toEqual([]);
      await receiver.stop();
    },
  );

  test('edits, deletions, reads and reactions are told', async () => {
    const channel = await newChat('supergroup');
    const receiver = new Receiver(alice, write);
    await receiver.start();
    const { actions } = world.control;
    const place = { from: bob.user.id, to: alice.user.id };
    const { id } = write('to change');
    actions.edit({ ...place, message_id: id, text: 'changed' });
    await expect
      .poll(() => receiver.of('message.edited').map(({ message }) => message.text))
      .toEqual(['changed']);
    const ownId = receiver.of('message.edited')[0]?.message.message_id;
    actions.react({ by: bob.user.id, of: alice.user.id, message_id: id, emoji: '👍' });
    await expect
      .poll(() => receiver.of('message.reaction'))
      .toMatchObject([
        { message_id: ownId, reactions: [{ type: 'emoji', emoji: '👍', count: 1, mine: false }] },
      ]);
    actions.delete({ ...place, message_ids: [id] });
    const posted = write('to delete', channel);
    actions.delete({ from: bob.user.id, to: channel, message_ids: [posted.id] });
    await expect
      .poll(() => receiver.of('message.deleted').map(({ chat, message_ids }) => [chat?.id, message_ids]))
      .toEqual([
        [undefined, [ownId]],
        [channel, [posted.id]],
      ]);
    expect(receiver.of('message.edited')).toHaveLength(1);
    const recipient = { kind: 'user', id: String(bob.user.id) } as const;
    const sent = await alice.client.run('send', {
      recipient,
      text: 'read me',
      randomId: 77n,
      linkPreview: false,
    });
    actions.read({ by: bob.user.id, of: alice.user.id });
    await expect
      .poll(() => receiver.of('message.read').map(({ chat, up_to }) => [chat.id, up_to]))
      .toEqual([[recipient.id, sent.message_id]]);
    await receiver.stop();
  });

  test('who joins, who is mentioned and who types is told', async () => {
    const members = [bob.user.id, alice.user.id];
    const chat = { title: 'Open', kind: 'supergroup' as const, members, username: 'open_to_all' };
    const channel = String(world.control.createChat(chat).id);
    const carol = await world.signIn(testPhone());
    const receiver = new Receiver(alice, write);
    await receiver.start();
    const recipient = { kind: 'username', username: 'open_to_all' } as const;
    await carol.client.run('chat.join', { target: { recipient } });
    await expect
      .poll(() => receiver.of('chat.member').map(({ user, actor, change }) => [user.id, actor?.id, change]))
      .toEqual([[String(carol.user.id), String(carol.user.id), 'joined']]);
    const randomId = 4711n;
    const own = await alice.client.run('send', { recipient, text: 'mine', randomId, linkPreview: false });
    world.control.actions.send({ from: bob.user.id, to: channel, text: 'to you', reply_to: own.message_id });
    write('to all', channel);
    await expect.poll(() => receiver.texts(channel)).toEqual(['mine', 'to you', 'to all']);
    const mentioned = receiver.of('message.new').filter(({ message }) => message.mentions_me);
    expect(mentioned.map(({ message }) => message.text)).toEqual(['to you']);
    await carol.client.run('chat.typing', { recipient, action: 'record_voice' });
    await expect
      .poll(() => receiver.told.find(({ type }) => type === 'chat.typing'))
      .toMatchObject({
        chat: { id: channel },
        sender: { id: String(carol.user.id) },
        action: 'record_voice',
      });
    await receiver.stop();
  });

  test('a difference that is too long is told as a gap, and a channel is refilled from its history', async () => {
    const channel = await newChat('supergroup');
    const receiver = new Receiver(alice, write);
    await receiver.start();
    write('before', channel);
    await expect.poll(() => receiver.texts(channel)).toEqual(['before']);
    await receiver.stop();
    for (const number of [1, 2, 3]) write(`missed ${number}`, channel);
    write('lost');
    world.control.addDifferenceFault({ difference: 'too_long', user_id: alice.user.id });
    world.control.addDifferenceFault({ difference: 'channel_too_long', user_id: alice.user.id });
    await receiver.start();
    write('after', channel);
    await expect
      .poll(() => receiver.texts(channel))
      .toEqual(['before', 'missed 1', 'missed 2', 'missed 3', 'after']);
    expect(receiver.of('updates.gap').map(({ chat, reason }) => [chat?.id, reason])).toEqual([
      [undefined, 'too_long'],
      [channel, 'channel_too_long'],
    ]);
    expect(receiver.texts()).not.toContain('lost');
    await receiver.stop();
  });

  test('receiving ends with the connection, and goes on from the stored place', async () => {
    const receiver = new Receiver(alice, write);
    await receiver.start();
    write('one');
    await expect.poll(() => receiver.texts()).toEqual(['one']);
    await world.restart(async () => {
      await receiver.ended;
    });
    write('two');
    await receiver.start();
    await expect.poll(() => receiver.texts()).toEqual(['one', 'two']);
    await receiver.stop();
  });
});
