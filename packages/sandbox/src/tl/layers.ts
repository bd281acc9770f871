import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { TlCodec } from './codec.ts';
import type { TlSchema } from './schema.ts';
import { parseTlJson } from './tl-json.ts';
import { parseTlObjects } from './tl-objects.ts';
import { parseTlText } from './tl-text.ts';

/*
 * The schemas are read as data from packages of clients that speak these layers. None of the clients' code is used.
 * The packages of GramJS and teleproto do not name the layer of their schemas, so it is written down here.
 */
const require = createRequire(import.meta.url);

/** The schemas of packages of GramJS, mtcute and teleproto. */
const SCHEMAS: Readonly<Record<number, () => TlSchema>> = {
  158: () => readText(158, require('telegram-158/tl/apiTl.js')),
  198: () => readText(198, require('telegram/tl/apiTl.js')),
  214: () => readText(214, require('teleproto-214/tl/apiTl.js')),
  220: () => readJson(require.resolve('@mtcute/tl/api-schema.json')),
  227: () => readJson(require.resolve('@mtcute/core/tl/api-schema.json')),
  228: () => parseTlObjects(require('teleproto-228/tl/generated/api-definitions.js'), 228),
  229: () => parseTlObjects(require('teleproto-229/tl/generated/api-definitions.js'), 229),
};

/** The layers that have a schema, lowest first. */
export const LAYERS: readonly number[] = Object.keys(SCHEMAS).map(Number);

const codecs = new Map<number, TlCodec>();

/** Whether the sandbox speaks the layer. */
export function isSpoken(layer: number): boolean {
  return SCHEMAS[layer] !== undefined;
}

/** @throws {Error} if the layer has no schema, or the package no longer contains it. */
export function schemaOf(layer: number): TlSchema {
  const read = SCHEMAS[layer];
  if (read === undefined) throw new Error(`the sandbox does not speak layer ${layer}`);
  return read();
}

/** The codec for a layer, whose schema is read when it is used first. @throws {Error} if the layer has no schema. */
export function codecForLayer(layer: number): TlCodec {
  const codec = codecs.get(layer) ?? new TlCodec(schemaOf(layer));
  codecs.set(layer, codec);
  return codec;
}

/** A method's result type in a layer, as TL text, e.g. `Vector<User>`; undefined if the layer lacks the method. */
export function resultTypeOf(method: string, layer: number): string | undefined {
  return codecForLayer(layer).resultTypeOf(method);
}

/** @throws {Error} if the package no longer contains the schema as text. */
function readText(layer: number, text: unknown): TlSchema {
  if (typeof text !== 'string')
    throw new Error(
      `the schema of layer ${layer} is no TL text: its package has changed, adapt tl/layers.ts`,
    );
  return { layer, combinators: parseTlText(text) };
}

function readJson(path: string): TlSchema {
  return parseTlJson(JSON.parse(readFileSync(path, 'utf8')));
}
