/** BullMQ's Lua scripts. BullMQ ships no types for this path; these match the pinned version. */
declare module 'bullmq/dist/cjs/scripts/index.js' {
  interface BullScript {
    content: string;
    /** How many of the script's arguments are keys. */
    keys: number;
  }
  export const addDelayedJob: BullScript;
  export const addStandardJob: BullScript;
  export const changeDelay: BullScript;
  export const moveJobFromActiveToWait: BullScript;
  export const moveJobsToWait: BullScript;
  export const promote: BullScript;
  export const removeJob: BullScript;
  export const reprocessJob: BullScript;
  export const updateData: BullScript;
  export const updateProgress: BullScript;
  export const moveToActive: BullScript;
  export const moveToFinished: BullScript;
}
