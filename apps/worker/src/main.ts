import { runProcess } from '@gateway/runtime';
import { startWorker } from './worker-app.ts';

await runProcess('worker', startWorker);
