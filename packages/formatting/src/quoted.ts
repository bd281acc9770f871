/** Maximum length of markup that an error quotes. */
const MOST = 20;

/** Quotes markup for an error: in backticks, or in double quotes if it contains a backtick. */
export function quoted(markup: string): string {
  const short = markup.length > MOST ? `${markup.slice(0, MOST).toWellFormed()}…` : markup;
  return short.includes('`') ? `"${short}"` : `\`${short}\``;
}
