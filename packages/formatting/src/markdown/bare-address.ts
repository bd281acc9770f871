/** A bare address keeps its `_` and `*`. Markup and sentence punctuation at its end do not belong to it. */
const ADDRESS = /(?:https?|tg):\/\/[^\s<>\\`[\]]+/iy;
const NOT_AT_ITS_END: ReadonlySet<string> = new Set('*_~|).,;:!?\'"');

/** The end of the address that starts at `at`; `at` if there is none. */
export function bareAddressEnd(text: string, at: number, to: number): number {
  if (/[\p{L}\p{N}_]/u.test(text.charAt(at - 1))) return at;
  ADDRESS.lastIndex = at;
  if (!ADDRESS.test(text)) return at;
  let end = Math.min(to, ADDRESS.lastIndex);
  while (NOT_AT_ITS_END.has(text.charAt(end - 1))) end -= 1;
  return end;
}
