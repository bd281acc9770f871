/** A text as a header that carries it in UTF-8: `fetch` takes only one character for each byte. */
export function headerText(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
