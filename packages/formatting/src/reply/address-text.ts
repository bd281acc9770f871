/** The text of an image or link, followed by its address if no link entity can carry it. */
export function withAddress(text: string, address: string): string {
  if (text === '') return address;
  return address === '' || text === address || `mailto:${text}` === address ? text : `${text} (${address})`;
}
