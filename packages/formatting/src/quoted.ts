/** Longest markup that an error repeats. */
const MOST = 20;

/** Markup as an error shows it: between backticks, or between double quotes where it holds a backtick itself. */
export function quoted(markup: string): string {
  const short = markup.length > MOST ? `${markup.slice(0, MOST).toWellFormed()}…` : markup;
  return short.includes('`') ? `"${short}"` : `\`${short}\``;
}
