import { runProcess } from '@gateway/runtime';
import { traceFields } from '@gateway/telemetry';
import { startApi } from './api-app.ts';

await runProcess('api', startApi, { logFields: traceFields });
