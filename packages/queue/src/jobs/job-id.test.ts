import { describe, expect, test } from 'vitest';
import { idempotentJobId, newJobId, parseJobId } from './job-id.ts';

const ADDRESS = { kind: 'send', shard: 3, userId: 'user.123@+-_x' } as const;

describe('a job id', () => {
  test('contains the shard, kind and account of its job', () => {
    expect(parseJobId(newJobId(ADDRESS))).toEqual(ADDRESS);
    expect(parseJobId(newJobId({ ...ADDRESS, kind: 'control' }))).toEqual({ ...ADDRESS, kind: 'control' });
  });

  test('sorts by creation time, is unique, and fits into a URL and a BullMQ key', () => {
    const ids = Array.from({ length: 1_000 }, () => newJobId(ADDRESS));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9._-]+$/);
  });

  test('from an Idempotency-Key is always the same, and differs by key and account', () => {
    const id = idempotentJobId(ADDRESS, 'order-1');
    expect(idempotentJobId(ADDRESS, 'order-1')).toBe(id);
    expect(idempotentJobId(ADDRESS, 'order-2')).not.toBe(id);
    expect(idempotentJobId({ ...ADDRESS, userId: 'other' }, 'order-1')).not.toBe(id);
    expect(parseJobId(id)).toEqual(ADDRESS);
  });

  test.each([
    '',
    'x',
    '123',
    `${'0'.repeat(26)}.s1.Li4`,
    `${'0'.repeat(26)}.s1.Li4veA`,
    `${'0'.repeat(26)}.q1.dXNlcg`,
  ])('cannot be %j', (id) => {
    expect(parseJobId(id)).toBeNull();
  });
});
