/** BullMQ's own Lua scripts, which it ships without types for this way in. Their shape is of the version that is pinned. */
declare module 'bullmq/dist/cjs/scripts/index.js' {
  interface BullScript {
    content: string;
    /** How many of its arguments are keys. */
    keys: number;
  }
  export const addDelayedJob: BullScript;
  export const addStandardJob: BullScript;
  export const changeDelay: BullScript;
  export const moveJobsToWait: BullScript;
  export const promote: BullScript;
  export const removeJob: BullScript;
  export const reprocessJob: BullScript;
  export const updateData: BullScript;
  export const moveToActive: BullScript;
  export const moveToFinished: BullScript;
}
