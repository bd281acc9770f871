import { useNativeIge, type SlowCause } from './native-ige.ts';
import { useNativeMath } from './native-math.ts';

const cipherCause = useNativeIge();

/**
 * Why GramJS computes in JavaScript, which takes more CPU; `null`: it uses native code. Must be imported before any
 * GramJS module: `tl/api.js`, which writes the long numbers of each call, copies functions from `Helpers` when it
 * loads.
 */
export const slowCause: SlowCause | null = useNativeMath() ? cipherCause : 'other_version';
