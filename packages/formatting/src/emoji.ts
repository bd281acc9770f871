const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** An emoji is a pictogram, a flag (two regional indicators) or a keycap. */
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3)/u;

/** In UTF-16 units. No emoji is longer. */
const MAX_LENGTH = 64;

/** Whether the text is exactly one emoji. Telegram drops a custom emoji that covers any other text. */
export function isOneEmoji(text: string): boolean {
  if (text.length > MAX_LENGTH || !EMOJI.test(text)) return false;
  return CHARACTERS.segment(text).containing(0)?.segment.length === text.length;
}
