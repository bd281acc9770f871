import type { TlCombinator, TlField, TlPrimitive, TlType } from './schema.ts';

const PRIMITIVES: ReadonlySet<string> = new Set<TlPrimitive>([
  'int',
  'long',
  'double',
  'string',
  'bytes',
  'int128',
  'int256',
  'Bool',
  '#',
  'true',
]);

/** Constructors that the codec has built in although the text declares them. */
const BUILT_IN: ReadonlySet<string> = new Set(['vector', 'boolTrue', 'boolFalse']);

const COMBINATOR = /^([\w.]+)#([0-9a-f]+)\s+(.*?)\s*=\s*(.+?);$/;
const FIELD = /^(\w+):(?:(\w+)\.(\d+)\?)?(.+)$/;

function isPrimitive(name: string): name is TlPrimitive {
  return PRIMITIVES.has(name);
}

/** Parses a type in TL text, e.g. `Vector<InputUser>`, `vector<%Message>`, `!X`. */
export function parseTlType(text: string): TlType {
  if (isPrimitive(text)) return { kind: 'primitive', name: text };
  if (text.startsWith('!')) return { kind: 'call' };
  if (text === 'X' || text === 'Object') return { kind: 'any' };
  const vector = /^([Vv])ector<(.+)>$/.exec(text);
  if (vector?.[2] !== undefined)
    return { kind: 'vector', boxed: vector[1] === 'V', of: parseTlType(vector[2]) };
  const bareName = text.slice(text.lastIndexOf('.') + 1);
  return /^[a-z]/.test(bareName) ? { kind: 'bare', constructor: text } : { kind: 'boxed', type: text };
}

function parseField(text: string, line: string): TlField {
  const [, name, flags, bit, type] = FIELD.exec(text) ?? [];
  if (name === undefined || type === undefined) throw new Error(`not a TL field: "${text}" in "${line}"`);
  if (flags === undefined || bit === undefined) return { name, type: parseTlType(type) };
  return { name, type: parseTlType(type), condition: { flags, bit: Number(bit) } };
}

/**
 * Parses a schema in TL text: one combinator per line, headings `---functions---` and `---types---`, `//` comments.
 * @throws {Error} quotes the line that is not a combinator.
 */
export function parseTlText(text: string): TlCombinator[] {
  const combinators: TlCombinator[] = [];
  let kind: TlCombinator['kind'] = 'constructor';
  for (const raw of text.split('\n')) {
    const line = raw.replace(/\/\/.*/, '').trim();
    if (line === '') continue;
    if (line === '---functions---') kind = 'method';
    else if (line === '---types---') kind = 'constructor';
    else {
      const combinator = parseCombinator(line, kind);
      if (!BUILT_IN.has(combinator.name)) combinators.push(combinator);
    }
  }
  return combinators;
}

function parseCombinator(line: string, kind: TlCombinator['kind']): TlCombinator {
  const [, name, id, fields, result] = COMBINATOR.exec(line.replace(/\s+=/, ' =')) ?? [];
  if (name === undefined || id === undefined || fields === undefined || result === undefined) {
    throw new Error(`not a TL combinator: "${line}"`);
  }
  const words = BUILT_IN.has(name)
    ? []
    : fields.split(/\s+/).filter((word) => word !== '' && !word.startsWith('{'));
  return {
    kind,
    name,
    id: Number.parseInt(id, 16),
    fields: words.map((word) => parseField(word, line)),
    result,
  };
}
