import { runProcess } from '@gateway/runtime';
import { traceFields } from '@gateway/telemetry';
import { startWorker } from './worker-app.ts';

await runProcess('worker', startWorker, { logFields: traceFields });
