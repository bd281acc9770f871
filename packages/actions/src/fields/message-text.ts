import {
  cleanSource,
  cutsOf,
  isInvisible,
  MAX_MESSAGE_LENGTH,
  MAX_TEXT_ENTITIES,
  normalizeFormatted,
  partsOf,
  type FormattedText,
} from '@gateway/contracts';
import type { Markup } from '@gateway/formatting';
import type { JobTools } from '../action.ts';
import { fieldError } from './field-error.ts';

/** A text of a request, and its markup. */
export interface GivenText {
  text: string;
  parse_mode: Markup | 'none';
}

/**
 * The text to send. Normalises it before parsing its markup, so that offsets refer to the message, and the parsed
 * result again.
 * @param path where the request has the text.
 * @throws {GatewayError} `VALIDATION` if the markup is invalid or makes too many entities, or nothing visible is left.
 */
async function readText(
  { text, parse_mode }: GivenText,
  tools: JobTools,
  path = 'text',
): Promise<FormattedText> {
  const plain = await marked(cleanSource(text), parse_mode, tools, path);
  await tools.pause();
  if (plain.entities.length > MAX_TEXT_ENTITIES)
    throw fieldError(
      path,
      `must have at most ${MAX_TEXT_ENTITIES} formatted pieces: send it in several messages`,
    );
  const formatted = normalizeFormatted(plain);
  if (isInvisible(formatted.text)) throw fieldError(path, 'must not be empty: it is nothing but markup');
  return formatted;
}

/** The texts of a request with files. */
interface GivenTexts {
  text?: string | undefined;
  media?: readonly { text?: string | undefined }[] | undefined;
  parse_mode: GivenText['parse_mode'];
}

/** The text of the first message: that of the request, or of its first file. @throws {GatewayError} `VALIDATION`. */
export async function firstTextOf(
  { text, media = [], parse_mode }: GivenTexts,
  tools: JobTools,
): Promise<FormattedText> {
  const own = media[0]?.text;
  if (text !== undefined && own !== undefined)
    throw fieldError('media.0.text', 'must be absent where there is a text');
  if (text !== undefined) return readText({ text, parse_mode }, tools);
  if (own !== undefined) return readText({ text: own, parse_mode }, tools, 'media.0.text');
  return { text: '', entities: [] };
}

/** The captions of the files behind the first, by index. @throws {GatewayError} `VALIDATION`. */
export async function captionsOf(
  { media = [], parse_mode }: GivenTexts,
  tools: JobTools,
): Promise<(FormattedText | undefined)[]> {
  return Promise.all(
    media.map(async ({ text }, index) =>
      index === 0 || text === undefined
        ? undefined
        : readText({ text, parse_mode }, tools, `media.${index}.text`),
    ),
  );
}

/**
 * The messages as which a text would be sent.
 * @throws {GatewayError} as {@link readText}, and if `split` is false and the text is too long.
 */
export async function previewText(
  given: GivenText & { split: boolean },
  tools: JobTools,
): Promise<FormattedText[]> {
  const { text, entities } = await readText(given, tools);
  await tools.pause();
  return partsOf(text, cutsFor(given, { text, entities }), entities);
}

/** Where the text is cut into messages. @throws {GatewayError} `VALIDATION` if it may not be cut and is too long. */
export function cutsFor({ split }: { split: boolean }, { text, entities }: FormattedText): readonly number[] {
  const cuts = cutsOf(text, entities);
  if (split || cuts.length === 0) return cuts;
  throw fieldError('text', `must be at most ${MAX_MESSAGE_LENGTH} UTF-16 units where split is false`);
}

/**
 * The text as it went into the digests of former versions: as they parsed it before they normalised texts, if
 * normalisation changes it.
 */
export async function readTextAsFormerly(
  { text, parse_mode }: GivenText,
  tools: JobTools,
): Promise<FormattedText> {
  const source = cleanSource(text);
  const plain = await marked(source, parse_mode, tools);
  const formatted = normalizeFormatted(plain);
  if (source === text && formatted.text === plain.text) return formatted;
  if (parse_mode !== 'markdown' && parse_mode !== 'html') return { text, entities: [] };
  const outcome = await tools.format(text, parse_mode);
  // They refused such a text, so any result will do.
  return 'fault' in outcome ? { text, entities: [] } : outcome;
}

async function marked(
  text: string,
  mode: GivenText['parse_mode'],
  tools: JobTools,
  path = 'text',
): Promise<FormattedText> {
  if (mode === 'none') return { text, entities: [] };
  const outcome = await tools.format(text, mode);
  if ('fault' in outcome) throw fieldError(path, `is not valid ${mode}: ${outcome.fault}`);
  return outcome;
}
