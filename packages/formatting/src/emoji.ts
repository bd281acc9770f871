const CHARACTERS = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** An emoji is a pictogram, a flag (two regional indicators) or a keycap. */
const EMOJI = /^(?:\p{Extended_Pictographic}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3)/u;

/** Longer than any emoji, in UTF-16 units. */
const MAX_LENGTH = 64;

/** Whether the text is one emoji and nothing else. Telegram drops a custom emoji over any other text. */
export function isOneEmoji(text: string): boolean {
  if (text.length > MAX_LENGTH || !EMOJI.test(text)) return false;
  return CHARACTERS.segment(text).containing(0)?.segment.length === text.length;
}
