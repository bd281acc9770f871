import { useNativeIge } from './native-ige.ts';
import { useNativeMath } from './native-math.ts';

const replaced = [useNativeMath(), useNativeIge()];

/**
 * Whether GramJS computes with native code. Must be imported before any GramJS module: `tl/api.js`, which writes the
 * long numbers of each call, copies functions from `Helpers` when it loads.
 */
export const usesNativeCode = replaced.every(Boolean);
