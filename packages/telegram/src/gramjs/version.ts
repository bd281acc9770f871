/** The GramJS version whose parts are replaced: each replacement was compared with it. */
export const GRAMJS_VERSION = '2.26.22';
