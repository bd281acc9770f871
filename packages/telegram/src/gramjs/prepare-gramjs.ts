import { useNativeMath } from './native-math.ts';

/**
 * Whether GramJS computes with native BigInt. Must be imported before any GramJS module: `tl/api.js`, which writes the
 * long numbers of each call, copies functions from `Helpers` when it loads.
 */
export const usesNativeMath = useNativeMath();
