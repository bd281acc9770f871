import { createHash } from 'node:crypto';
import type { FileServer } from '../env/file-server.ts';
import { PNG } from '../env/png.ts';
import { ATTACHMENTS, textOf, writeAttachment } from './attachments.ts';
import type { AcceptedMessage } from './judge.ts';
import type { Poster } from './poster.ts';
import type { Target } from './targets.ts';
import { writeLines, writeText, type Label } from './texts.ts';

/** UTF-16 units of the longest text that is sent as one message. */
const LONGEST_PART = 4_096;

/** Files of one message. Several are an album. */
const FILES = [1, 1, 2, 3];
/** What an album may mix, and what goes alone. */
const FAMILIES = [['document'], ['photo', 'video'], ['audio']];
const ALONE = ['document', 'photo', 'video', 'animation', 'audio', 'voice', 'video_note', 'sticker'];
/** The types of files that can have a thumbnail. */
const PICTURED = new Set(['document', 'video', 'animation', 'audio']);
/** Bytes of the largest file: it goes to Telegram in two parts. */
const LARGEST_FILE = 700_000;
const [URL_SHARE, THUMBNAIL_SHARE, TYPING_SHARE] = [0.2, 0.3, 0.05];
const LONGEST_TYPING_MS = 1_500;

/** @param longest UTF-16 units. @returns the message, if it was accepted; `isWhole`: as a single one. */
export async function sendText(
  poster: Poster,
  label: Label,
  longest: number,
): Promise<{ accepted: AcceptedMessage | undefined; isWhole: boolean }> {
  const { random } = poster;
  const text = writeText(label, random, longest);
  const typing = random.chance(TYPING_SHARE) && { typing_ms: random.whole(1, LONGEST_TYPING_MS) };
  const accepted = await poster.send({ ...label, text }, { text, ...typing });
  return { accepted, isWhole: text.length <= LONGEST_PART };
}

/** Sends a location, a contact or, to a group, a poll. */
export async function sendAttachment(poster: Poster, label: Label): Promise<AcceptedMessage | undefined> {
  const kind = poster.random.pick(ATTACHMENTS.filter((each) => each !== 'poll' || poster.chat.to < 0));
  return poster.send({ ...label, text: textOf(kind, label) }, writeAttachment(kind, label));
}

/** Sends a file, or an album, each file with a caption of its own. */
export async function sendFiles(
  poster: Poster,
  label: Label,
  server: FileServer,
): Promise<AcceptedMessage | undefined> {
  const { random } = poster;
  const texts = writeLines(label, random, random.pick(FILES));
  const types = texts.length === 1 ? ALONE : random.pick(FAMILIES);
  const [files, media, used]: [string[], object[], string[]] = [[], [], []];
  for (const text of texts) {
    const type = random.pick(types);
    const made = await makeFile(poster, server, type, text);
    if (made === null) return undefined;
    files.push(made.sha256);
    media.push({ ...made.item, text });
    used.push(type);
  }
  const [type] = used;
  const only = used.length === 1 && type !== undefined && { type };
  return poster.send({ ...label, text: texts.join('\n'), files, ...only }, { media });
}

/** Sends the file of an earlier message again. */
export async function sendAgain(
  poster: Poster,
  label: Label,
  { messageId, files = [], type = 'document' }: Target,
): Promise<AcceptedMessage | undefined> {
  const [text = ''] = writeLines(label, poster.random, 1);
  const from = { recipient_id: poster.chat.recipient, message_id: messageId };
  return poster.send({ ...label, text, files, type }, { text, media: [{ type, from }] });
}

/** A file of this type for a request. @returns `null` if the run has ended meanwhile. */
export async function makeFile(
  poster: Poster,
  server: FileServer,
  type: string,
  name: string,
): Promise<{ item: object; sha256: string } | null> {
  const { random } = poster;
  const filling = Buffer.alloc(random.whole(1, LARGEST_FILE), name);
  const bytes = type === 'photo' ? Buffer.concat([PNG, filling]) : filling;
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  if (random.chance(URL_SHARE)) return { item: { type, url: server.add(`/${sha256}`, bytes) }, sha256 };
  const upload_id = await poster.upload(new Uint8Array(bytes));
  if (upload_id === null) return null;
  if (!PICTURED.has(type) || !random.chance(THUMBNAIL_SHARE)) return { item: { type, upload_id }, sha256 };
  const thumbnail_upload_id = await poster.upload(new Uint8Array(PNG));
  return thumbnail_upload_id === null ? null : { item: { type, upload_id, thumbnail_upload_id }, sha256 };
}
