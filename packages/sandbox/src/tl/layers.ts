import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TlCodec } from './codec.ts';
import type { TlSchema } from './schema.ts';
import { parseTlJson } from './tl-json.ts';
import { parseTlText } from './tl-text.ts';

/*
 * The schemas are read as data from the packages of the two clients in the tests, so the sandbox speaks the layers of
 * those clients. None of the clients' code is used.
 */
const require = createRequire(import.meta.url);

/** The layer of GramJS's schema. GramJS ships that as a text which does not name its layer. */
const GRAMJS_LAYER = 198;

/** @throws {Error} if the package no longer contains the schema as text. */
export function readGramJsSchema(): TlSchema {
  const text: unknown = require('telegram/tl/apiTl.js');
  if (typeof text !== 'string')
    throw new Error('telegram/tl/apiTl.js is no TL text: GramJS has changed, adapt tl/layers.ts');
  return { layer: GRAMJS_LAYER, combinators: parseTlText(text) };
}

/** @throws {Error} if the package no longer contains the schema. */
export function readMtcuteSchema(): TlSchema {
  const json: unknown = JSON.parse(readFileSync(require.resolve('@mtcute/core/tl/api-schema.json'), 'utf8'));
  return parseTlJson(json);
}

const codecs = [readGramJsSchema(), readMtcuteSchema()]
  .map((schema) => new TlCodec(schema))
  .sort((a, b) => a.layer - b.layer);

/** The layers that have a schema, lowest first. */
export const LAYERS: readonly number[] = codecs.map(({ layer }) => layer);

/** The codec for a layer. A layer without a schema gets that of the nearest layer, or of the lower of two. */
export function codecForLayer(layer: number): TlCodec {
  return codecs.reduce((best, codec) =>
    Math.abs(codec.layer - layer) < Math.abs(best.layer - layer) ? codec : best,
  );
}

/** A method's result type in a layer, as TL text, e.g. `Vector<User>`; undefined if the layer lacks the method. */
export function resultTypeOf(method: string, layer: number): string | undefined {
  return codecForLayer(layer).resultTypeOf(method);
}
