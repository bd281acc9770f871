/** Values of a waveform, and bits of each. */
const VALUES = 100;
const BITS = 5;
const HIGHEST = 2 ** BITS - 1;
/** Below this share of the full volume, a sound shows as quiet. */
const LOUD = 2_500 / 32_768;
/** Values above so many times the average show as the highest. */
const ABOVE_AVERAGE = 1.8;

/**
 * A waveform in Telegram's form, scaled as its desktop app does: a hundred values of 5 bits, the lowest bits first.
 * @param peaks the loudest sample of each equal stretch of the sound, 0 … 1; at least one.
 */
export function packPeaks(peaks: readonly number[]): Buffer {
  const values = Array.from({ length: VALUES }, (_, index) => {
    const from = Math.floor((index * peaks.length) / VALUES);
    const to = Math.max(from + 1, Math.floor(((index + 1) * peaks.length) / VALUES));
    return peaks.slice(from, to).reduce((highest, peak) => Math.max(highest, peak), 0);
  });
  const average = values.reduce((sum, value) => sum + value, 0) / VALUES;
  const full = Math.max(average * ABOVE_AVERAGE, LOUD);
  const packed = Buffer.alloc(Math.ceil((VALUES * BITS) / 8));
  for (const [index, value] of values.entries()) {
    const bits = Math.min(HIGHEST, Math.floor((value / full) * HIGHEST)) << ((index * BITS) % 8);
    const at = (index * BITS) >> 3;
    packed[at] = (packed[at] ?? 0) | (bits & 0xff);
    if (bits > 0xff) packed[at + 1] = (packed[at + 1] ?? 0) | (bits >> 8);
  }
  return packed;
}
