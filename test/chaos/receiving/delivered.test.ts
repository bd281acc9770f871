import { expect, test } from 'vitest';
import { deliveredTo } from './delivered.ts';

const ALICE = 7;
const BOB = 8;
const GROUP = -5;
const NEWS = -1_001_234_567_890;

test('each account has its own view of what the sandbox has delivered', () => {
  const common = { date: '', accepted_at: '', random_id: '1' };
  const messages = [
    { ...common, id: 1, ids: { 7: 1, 8: 3 }, from_id: ALICE, to_id: BOB, text: 'private' },
    {
      ...common,
      id: 2,
      ids: { 7: 2, 8: 4, 9: 6 },
      from_id: 9,
      to_id: GROUP,
      text: 'group',
      deleted: true as const,
    },
    { ...common, id: 5, from_id: 9, to_id: NEWS, text: 'news', deleted_for: [BOB] },
    { ...common, id: 3, ids: { 7: 3 }, from_id: ALICE, to_id: ALICE, text: 'to myself' },
  ];
  const delivered = deliveredTo([ALICE, BOB], messages, new Map([[NEWS, [9, ALICE, BOB]]]));
  expect(delivered.get(ALICE)).toEqual([
    { chat: '8', id: 1, text: 'private', direction: 'out', isDeleted: false },
    { chat: '-5', id: 2, text: 'group', direction: 'in', isDeleted: true },
    { chat: String(NEWS), id: 5, text: 'news', direction: 'in', isDeleted: false },
    { chat: '7', id: 3, text: 'to myself', direction: 'out', isDeleted: false },
  ]);
  expect(delivered.get(BOB)).toEqual([
    { chat: '7', id: 3, text: 'private', direction: 'in', isDeleted: false },
    { chat: '-5', id: 4, text: 'group', direction: 'in', isDeleted: true },
    { chat: String(NEWS), id: 5, text: 'news', direction: 'in', isDeleted: true },
  ]);
});
