import { useNativeMath } from './native-math.ts';

/*
 * Imported before anything of GramJS's: `tl/api.js`, which writes the long numbers of each call, takes what it needs out of `Helpers` once, when
 * it is loaded, and would keep the library's own.
 */
useNativeMath();
