import { describe, expect, test } from 'vitest';
import { eventFilterSchema, filtersChats, passesFilter, type EventFilter } from './filter.ts';

const BOB = { id: '42', type: 'private' } as const;
const NEWS = { id: '-1001234567890', type: 'channel' } as const;
const message = (chat: typeof BOB | typeof NEWS, direction: 'in' | 'out' = 'in', mentions_me = false) => ({
  type: 'message.new',
  message: { chat, direction, mentions_me },
});
const deleted = (chat: typeof BOB | typeof NEWS | null) => ({ type: 'message.deleted', chat });

describe('A filter', () => {
  test.each<[EventFilter, object, boolean]>([
    [{}, message(BOB), true],
    [{ chat_types: ['private'] }, message(BOB), true],
    [{ chat_types: ['private'] }, message(NEWS), false],
    [{ chat_types: ['private'] }, deleted(NEWS), false],
    [{ chat_ids: [NEWS.id] }, message(NEWS), true],
    [{ chat_ids: [NEWS.id] }, message(BOB), false],
    [{ except_chat_ids: [BOB.id] }, message(BOB), false],
    [{ chat_ids: [] }, message(BOB), false],
    [{ chat_types: [] }, message(BOB), false],
    [{ except_chat_ids: [] }, message(BOB), true],
    [{ chat_ids: [BOB.id], except_chat_ids: [BOB.id] }, message(BOB), false],
    [{ direction: 'in' }, message(BOB, 'out'), false],
    [{ direction: 'both' }, message(BOB, 'out'), true],
    [{ direction: 'out' }, deleted(BOB), true],
    [{ mentions_only: true }, message(BOB), false],
    [{ mentions_only: true }, message(BOB, 'in', true), true],
    [{ mentions_only: true }, deleted(BOB), true],
    [{ direction: 'in', mentions_only: true }, deleted(null), true],
    [{ except_chat_ids: [BOB.id] }, deleted(null), false],
    [{ chat_ids: [NEWS.id] }, { type: 'updates.gap', chat: null }, true],
    [{ chat_ids: [NEWS.id] }, { type: 'updates.gap', chat: BOB }, true],
    [{ chat_types: ['bot'], direction: 'out' }, { type: 'account.state' }, true],
  ])('%j with %j: %s', (filter, event, passes) => {
    expect(passesFilter(filter, event as ReturnType<typeof message>)).toBe(passes);
  });

  test('takes empty lists', () => {
    const empty = { chat_types: [], chat_ids: [], except_chat_ids: [] };
    expect(eventFilterSchema.parse(empty)).toEqual(empty);
  });

  test('leaves chats out only by its fields for chats', () => {
    expect(filtersChats({ direction: 'in', mentions_only: true })).toBe(false);
    expect(filtersChats({ except_chat_ids: [BOB.id] })).toBe(true);
    expect(filtersChats({ except_chat_ids: [] })).toBe(false);
    expect(filtersChats({ chat_ids: [] })).toBe(true);
  });

  test.each(['@bob', '+79991234567', 'me', '042', '', '-0', '1e5'])(
    'refuses %j as the id of a chat',
    (id) => {
      expect(eventFilterSchema.safeParse({ chat_ids: [id] }).success).toBe(false);
    },
  );
});
