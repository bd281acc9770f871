/** An address in the open keeps its `_` and `*`. What ends a sentence, or is markup, does not belong to its end. */
const ADDRESS = /(?:https?|tg):\/\/[^\s<>\\`[\]]+/iy;
const NOT_AT_ITS_END: ReadonlySet<string> = new Set('*_~|).,;:!?\'"');

/** Where the address that begins at `at` ends; `at` where none does. */
export function bareAddressEnd(text: string, at: number, to: number): number {
  if (/[\p{L}\p{N}_]/u.test(text.charAt(at - 1))) return at;
  ADDRESS.lastIndex = at;
  if (!ADDRESS.test(text)) return at;
  let end = Math.min(to, ADDRESS.lastIndex);
  while (NOT_AT_ITS_END.has(text.charAt(end - 1))) end -= 1;
  return end;
}
