import { runProcess } from '@gateway/runtime';
import { startApi } from './api-app.ts';

await runProcess('api', startApi);
