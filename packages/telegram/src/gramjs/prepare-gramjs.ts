import { useNativeMath } from './native-math.ts';

/*
 * Must be imported before any GramJS module. `tl/api.js`, which writes the long numbers of each call, copies functions
 * from `Helpers` when it loads, and would otherwise keep the library's own.
 */
useNativeMath();
