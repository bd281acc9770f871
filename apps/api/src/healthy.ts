import { readSettings } from '@gateway/runtime';

// The container's health check: exit code 0 while the API of this container answers. What it depends on is `/readyz`'s business.
const { PORT } = readSettings();
const response = await fetch(`http://127.0.0.1:${PORT}/healthz`, { signal: AbortSignal.timeout(3_000) });
process.exitCode = response.ok ? 0 : 1;
