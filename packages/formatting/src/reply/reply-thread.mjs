import { tsImport } from 'tsx/esm/api';

/** The task of a thread that formats long replies. Threads start without tsx, so it is called for here. */
const { formatReply } = await tsImport('./format-reply.ts', import.meta.url);

export default formatReply;
