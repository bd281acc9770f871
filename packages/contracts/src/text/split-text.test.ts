import { describe, expect, test } from 'vitest';
import type { Entity } from './entities.ts';
import { cutsOf, partsOf } from './split-text.ts';

const parts = (text: string, max: number) => partsOf(text, cutsOf(text, [], max)).map((part) => part.text);

describe('cutting a text into messages', () => {
  test('leaves alone what fits', () => {
    expect(cutsOf('x'.repeat(100), [], 100)).toEqual([]);
  });

  test('cuts at paragraphs, else lines, else sentences, else words', () => {
    expect(parts(`${'a'.repeat(60)}\n\n${'b'.repeat(20)}\n${'c'.repeat(50)}`, 100)[0]).toBe('a'.repeat(60));
    expect(parts(`${'a'.repeat(60)}\n${'b'.repeat(20)}. ${'c'.repeat(50)}`, 100)[0]).toBe('a'.repeat(60));
    expect(parts(`${'a'.repeat(60)}. ${'b'.repeat(20)} ${'c'.repeat(50)}`, 100)[0]).toBe(
      `${'a'.repeat(60)}.`,
    );
    expect(parts(`${'a'.repeat(60)} ${'b'.repeat(50)}`, 100)[0]).toBe('a'.repeat(60));
  });

  test('prefers a worse place to a message that is half empty', () => {
    expect(parts(`${'a'.repeat(10)}\n${'b'.repeat(70)} ${'c'.repeat(50)}`, 100)[0]).toHaveLength(81);
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
    expect(cut.join(' ')).toBe(text);
    expect(Math.max(...cut.map((part) => part.length))).toBeLessThanOrEqual(4096);
  });

  test('a part of nothing but spaces is no message', () => {
    expect(parts(`${'a'.repeat(90)}${' '.repeat(300)}b`, 100)).toEqual(['a'.repeat(90), 'b']);
  });
});

describe('cutting a formatted text', () => {
  const cut = (text: string, entities: Entity[], max: number) =>
    partsOf(text, cutsOf(text, entities, max), entities);
  const bold = (offset: number, length: number): Entity => ({ type: 'bold', offset, length });

  test('goes through no entity where it can be helped', () => {
    const text = `${'a'.repeat(60)} ${'b'.repeat(20)} ${'c'.repeat(50)}`;
    expect(cut(text, [bold(50, 30)], 100).map((part) => part.text)).toEqual([
      text.slice(0, 81),
      'c'.repeat(50),
    ]);
    const link: Entity = { type: 'text_link', offset: 61, length: 40, url: 'https://x.org' };
    expect(cut(text, [link], 100).map((part) => [part.text.length, part.entities])).toEqual([
      [60, []],
      [71, [{ ...link, offset: 0 }]],
    ]);
  });

  test('goes on with an entity that is longer than a message, a block of code at the end of a line', () => {
    const code = Array.from({ length: 30 }, (_, index) => `line ${index} of the code`).join('\n');
    const pre: Entity = { type: 'pre', offset: 0, length: code.length, language: 'ts' };
    const made = cut(code, [pre], 200);
    expect(made.length).toBeGreaterThan(2);
    expect(made.map((part) => part.text).join('\n')).toBe(code);
    for (const part of made) {
      expect(part.text).toMatch(/^line \d+ of the code/);
      expect(part.entities).toEqual([{ ...pre, length: part.text.length }]);
    }
  });

  test('counts offsets from where Telegram lets the part begin', () => {
    const text = `${'a'.repeat(95)}\n\n   bold word ${'b'.repeat(50)}`;
    const [, second] = cut(text, [bold(100, 4)], 100);
    expect(second?.text.slice(0, 9)).toBe('bold word');
    expect(second?.entities).toEqual([bold(0, 4)]);
  });

  test('makes no message of more than a hundred entities', () => {
    const text = 'x '.repeat(350).trim();
    const entities = Array.from({ length: 350 }, (_, index) => bold(index * 2, 1));
    const made = cut(text, entities, 4096);
    expect(made.map((part) => part.entities.length)).toEqual([100, 100, 100, 50]);
    expect(made.map((part) => part.text).join(' ')).toBe(text);
  });

  test('is the same each time, and fast enough for the longest text', () => {
    const text = 'слово '.repeat(10_900);
    const entities = Array.from({ length: 2_000 }, (_, index) => bold(index * 30, 11));
    expect(cutsOf(text, entities)).toEqual(cutsOf(text, entities));
    for (const part of partsOf(text, cutsOf(text, entities), entities))
      expect(part.entities.length).toBeLessThanOrEqual(100);
  });
});
