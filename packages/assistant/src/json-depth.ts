/** Maximum depth of JSON. Chunks have about ten levels. */
const MAX_DEPTH = 200;

/** Shorter texts are fast to parse in any case. */
const SHORT = 16_384;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Whether a JSON text is nested so deeply that parsing is slow: a million brackets take a quarter of a second. */
export function isDeeplyNested(json: string): boolean {
  if (json.length <= SHORT) return false;
  let depth = 0;
  let isInString = false;
  for (let at = 0; at < json.length; at += 1) {
    const code = json.charCodeAt(at);
    if (isInString) {
      if (code === BACKSLASH) at += 1;
      else if (code === QUOTE) isInString = false;
    } else if (code === QUOTE) isInString = true;
    else if (OPENING.has(code)) depth += 1;
    else if (CLOSING.has(code)) depth -= 1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
