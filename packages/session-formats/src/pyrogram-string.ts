import type { SessionParts } from './foreign-session.ts';

interface Layout {
  /** Whether the api_id (4 bytes) follows the data centre. */
  hasApiId: boolean;
  userIdLength: number;
}

/** By length in bytes: `>B?256sI?`, `>B?256sQ?` and `>BI?256sQ?` in the notation of Python's struct. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map([
  [263, { hasApiId: false, userIdLength: 4 }],
  [267, { hasApiId: false, userIdLength: 8 }],
  [271, { hasApiId: true, userIdLength: 8 }],
]);

/** Reads string sessions of Pyrogram, kurigram and pyrofork, all versions. `undefined`: not one of them. */
export function readPyrogram(bytes: Buffer): SessionParts | undefined {
  const layout = LAYOUTS.get(bytes.length);
  if (layout === undefined) return undefined;
  const testModeAt = layout.hasApiId ? 5 : 1;
  const keyEnd = testModeAt + 1 + 256;
  const testMode = bytes.readUInt8(testModeAt);
  const isBot = bytes.readUInt8(keyEnd + layout.userIdLength);
  if (testMode > 1 || isBot > 1) return undefined;
  return {
    dcId: bytes.readUInt8(0),
    authKey: bytes.subarray(testModeAt + 1, keyEnd),
    testMode: testMode === 1,
    isBot: isBot === 1,
  };
}
