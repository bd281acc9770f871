import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TlCodec } from './codec.ts';
import type { TlSchema } from './schema.ts';
import { parseTlJson } from './tl-json.ts';
import { parseTlText } from './tl-text.ts';

/*
 * The two schemas are read as data out of the packages of the two clients that are tried here; none of their code takes part. That
 * way the sandbox speaks just the layers that there are clients for.
 */
const require = createRequire(import.meta.url);

/** GramJS ships its schema as text; the text itself does not say which layer it is. */
const GRAMJS_LAYER = 198;

/** @throws {Error} where the package does not ship what it used to. */
export function readGramJsSchema(): TlSchema {
  const text: unknown = require('telegram/tl/apiTl.js');
  if (typeof text !== 'string')
    throw new Error('telegram/tl/apiTl.js is no TL text: GramJS has changed, adapt tl/layers.ts');
  return { layer: GRAMJS_LAYER, combinators: parseTlText(text) };
}

/** @throws {Error} likewise. */
export function readMtcuteSchema(): TlSchema {
  const json: unknown = JSON.parse(readFileSync(require.resolve('@mtcute/core/tl/api-schema.json'), 'utf8'));
  return parseTlJson(json);
}

const codecs = [readGramJsSchema(), readMtcuteSchema()]
  .map((schema) => new TlCodec(schema))
  .sort((a, b) => a.layer - b.layer);

/** The layers that there is a schema for, lowest first. */
export const LAYERS: readonly number[] = codecs.map(({ layer }) => layer);

/** The codec for a layer; for a layer without a schema that of the nearest one (of two as near, the lower). */
export function codecForLayer(layer: number): TlCodec {
  return codecs.reduce((best, codec) =>
    Math.abs(codec.layer - layer) < Math.abs(best.layer - layer) ? codec : best,
  );
}

/** The type that a method returns in a layer, as TL text, e.g. `Vector<User>`; undefined where the layer has no such method. */
export function resultTypeOf(method: string, layer: number): string | undefined {
  return codecForLayer(layer).resultTypeOf(method);
}
