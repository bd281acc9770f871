import { describe, expect, test } from 'vitest';
import { cutsOf, partsOf } from './split-text.ts';

const parts = (text: string, max: number) => partsOf(text, cutsOf(text, max));

describe('cutting a text into messages', () => {
  test('leaves alone what fits', () => {
    expect(cutsOf('x'.repeat(100), 100)).toEqual([]);
  });

  test('cuts at paragraphs, else lines, else sentences, else words', () => {
    expect(parts(`${'a'.repeat(60)}\n\n${'b'.repeat(20)}\n${'c'.repeat(50)}`, 100)[0]).toBe(
      `${'a'.repeat(60)}\n\n`,
    );
    expect(parts(`${'a'.repeat(60)}\n${'b'.repeat(20)}. ${'c'.repeat(50)}`, 100)[0]).toBe(
      `${'a'.repeat(60)}\n`,
    );
    expect(parts(`${'a'.repeat(60)}. ${'b'.repeat(20)} ${'c'.repeat(50)}`, 100)[0]).toBe(
      `${'a'.repeat(60)}.`,
    );
    expect(parts(`${'a'.repeat(60)} ${'b'.repeat(50)}`, 100)[0]).toBe(`${'a'.repeat(60)} `);
  });

  test('prefers a worse place to a message that is half empty', () => {
    expect(parts(`${'a'.repeat(10)}\n${'b'.repeat(70)} ${'c'.repeat(50)}`, 100)[0]).toHaveLength(82);
  });

  test('cuts no character in two', () => {
    const family = '👨‍👩‍👧‍👦';
    const text = `${'x'.repeat(95)}${family.repeat(20)}`;
    for (const part of parts(text, 100)) {
      expect(part.isWellFormed()).toBe(true);
      expect(part.replace(/^x+/, '').replaceAll(family, '')).toBe('');
    }
  });

  test('loses nothing, keeps the order and the bound', () => {
    const text = Array.from({ length: 3_000 }, (_, index) => `слово${index}`).join(' ');
    const cut = parts(text, 4096);
    expect(cut.join('')).toBe(text);
    expect(Math.max(...cut.map((part) => part.length))).toBeLessThanOrEqual(4096);
  });

  test('a part of nothing but spaces is no message', () => {
    expect(parts(`${'a'.repeat(90)}${' '.repeat(300)}b`, 100)).toEqual([
      `${'a'.repeat(90)}${' '.repeat(10)}`,
      expect.stringMatching(/^ *b$/),
    ]);
  });
});
