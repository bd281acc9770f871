/** An image's or a link's text, with its address behind it where a link cannot carry the address. */
export function withAddress(text: string, address: string): string {
  if (text === '') return address;
  return address === '' || text === address || `mailto:${text}` === address ? text : `${text} (${address})`;
}
