import { peerSchema, type Miss, type Peer } from '@gateway/contracts';
import { describe, expect, it } from 'vitest';
import { MemoryPeerBook } from './peer-book.ts';

const IVAN: Peer = {
  kind: 'user',
  id: '1',
  accessHash: '11',
  username: 'ivan',
  phone: '+79990000001',
  familiar: false,
};
const OLGA: Peer = {
  kind: 'user',
  id: '2',
  accessHash: '22',
  username: 'olga',
  phone: null,
  familiar: false,
};

const missUntil = (until: number): Miss => ({ since: 0, until, times: 1 });

function bookOf(...peers: Peer[]): MemoryPeerBook {
  return new MemoryPeerBook({ peers, missing: [] });
}

describe('a peer book', () => {
  it('finds a peer by kind and id, by username in any case, and by phone', () => {
    const book = bookOf(IVAN, OLGA, {
      kind: 'channel',
      id: '1',
      accessHash: '33',
      username: 'News',
      phone: null,
      familiar: false,
    });
    expect(book.byId('user', '1')).toEqual(IVAN);
    expect(book.byId('channel', '1')).toMatchObject({ accessHash: '33', username: 'news' });
    expect(book.byId('chat', '1')).toBeUndefined();
    expect(book.byUsername('OLGA')).toEqual(OLGA);
    expect(book.byUsername('nEWS')).toMatchObject({ kind: 'channel' });
    expect(book.byPhone('+79990000001')).toEqual(IVAN);
  });

  it('updates a known peer', () => {
    const book = bookOf(IVAN);
    book.remember([{ ...IVAN, accessHash: '12', username: 'ivan_new' }]);
    expect(book.byUsername('ivan')).toBeUndefined();
    expect(book.byUsername('ivan_new')).toMatchObject({ id: '1', accessHash: '12', phone: '+79990000001' });
    expect(book.byPhone('+79990000001')).toBe(book.byId('user', '1'));
  });

  it('keeps the access hash and phone that a later update lacks, but not a username that was given up', () => {
    const book = bookOf(IVAN);
    book.remember([
      { kind: 'user', id: '1', accessHash: null, username: null, phone: null, familiar: false },
    ]);
    expect(book.byId('user', '1')).toEqual({ ...IVAN, username: null });
    expect(book.byUsername('ivan')).toBeUndefined();
  });

  it('assigns a username or phone to the newest peer only', () => {
    const book = bookOf(IVAN, OLGA);
    book.remember([{ ...OLGA, username: 'ivan', phone: '+79990000001' }]);
    expect(book.byUsername('ivan')?.id).toBe('2');
    expect(book.byPhone('+79990000001')?.id).toBe('2');
    expect(book.byUsername('olga')).toBeUndefined();
    expect(book.byId('user', '1')).toEqual({ ...IVAN, username: null, phone: null });
  });

  it('replaces the former owners of both a username and a phone', () => {
    const book = bookOf(IVAN);
    book.remember([{ ...OLGA, username: 'ivan', phone: '+79990000001' }]);
    expect(book.byId('user', '1')).toEqual({ ...IVAN, username: null, phone: null });
    expect(new MemoryPeerBook(book.toJSON()).toJSON()).toEqual(book.toJSON());
  });

  it('reports a peer as missing until the time is up', () => {
    const book = new MemoryPeerBook();
    book.rememberMissing('username nobody', missUntil(1_000));
    expect(book.missing('username nobody', 999)).toBeDefined();
    expect(book.missing('username somebody', 999)).toBeUndefined();
    expect(book.missing('username nobody', 1_000)).toBeUndefined();
    expect(book.toJSON().missing).toEqual([]);
  });

  it('keeps when and how often a look-up failed, until it is forgotten', () => {
    const book = new MemoryPeerBook();
    book.rememberMissing('username nobody', { since: 5, until: 1_000, times: 2 });
    book.rememberMissing('username other', missUntil(1_000));
    expect(book.missing('username nobody', 6)).toEqual({ since: 5, until: 1_000, times: 2 });
    book.forgetMissing('username nobody');
    expect(book.missing('username nobody', 6)).toBeUndefined();
    book.forgetAllMissing();
    expect(book.toJSON().missing).toEqual([]);
    expect(book.generation).toBe(4);
    book.forgetAllMissing();
    expect(book.generation).toBe(4);
  });

  it('keeps a bounded number of missing peers, the newest', () => {
    const book = new MemoryPeerBook();
    for (let index = 0; index <= 10_000; index += 1) book.rememberMissing(`key ${index}`, missUntil(1));
    expect(book.missing('key 0', 0)).toBeUndefined();
    expect(book.missing('key 1', 0)).toBeDefined();
    expect(book.missing('key 10000', 0)).toBeDefined();
  });

  it('shows by its generation whether there is something to save', () => {
    const book = bookOf(IVAN);
    expect(book.generation).toBe(0);
    book.remember([IVAN, { ...IVAN, username: 'IVAN', phone: null }]);
    expect(book.generation).toBe(0);
    book.remember([OLGA]);
    expect(book.generation).toBe(1);
    book.rememberMissing('key', missUntil(1));
    expect(book.generation).toBe(2);
  });

  it('keeps a peer familiar whatever later updates say, and counts that change once', () => {
    const book = bookOf(IVAN);
    book.remember([{ ...IVAN, familiar: true }]);
    expect(book.generation).toBe(1);
    book.remember([IVAN, { ...IVAN, familiar: true }]);
    expect(book.generation).toBe(1);
    book.remember([{ ...IVAN, accessHash: '12' }]);
    expect(book.byUsername('ivan')).toMatchObject({ accessHash: '12', familiar: true });
    book.remember([{ ...OLGA, username: 'ivan' }]);
    expect(book.byId('user', '1')).toMatchObject({ username: null, familiar: true });
    expect(new MemoryPeerBook(book.toJSON()).byId('user', '1')).toMatchObject({ familiar: true });
  });

  it('treats a peer that was saved before `familiar` existed as a stranger', () => {
    const { familiar: _, ...kept } = IVAN;
    expect(peerSchema.parse(kept)).toEqual(IVAN);
  });

  it('is the same after saving and loading', () => {
    const book = bookOf(IVAN, OLGA);
    book.rememberMissing('key', missUntil(5));
    const again = new MemoryPeerBook(JSON.parse(JSON.stringify(book)));
    expect(again.toJSON()).toEqual(book.toJSON());
    expect(again.missing('key', 4)).toBeDefined();
  });

  it('returns values that cannot be used to change the book', () => {
    const book = bookOf(IVAN);
    expect(() => Object.assign(book.byId('user', '1') ?? {}, { accessHash: '0' })).toThrow(TypeError);
    expect(book.byId('user', '1')).toEqual(IVAN);
  });
});
