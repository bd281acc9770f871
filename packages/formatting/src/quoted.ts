/** Maximum length of markup that an error quotes. */
const MAX_LENGTH = 20;

/** Quotes markup for an error: in backticks, or in double quotes if it contains a backtick. */
export function quoted(markup: string): string {
  const short = markup.length > MAX_LENGTH ? `${markup.slice(0, MAX_LENGTH).toWellFormed()}…` : markup;
  return short.includes('`') ? `"${short}"` : `\`${short}\``;
}
