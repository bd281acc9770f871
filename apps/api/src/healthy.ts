import { readSettings } from '@gateway/runtime';

// The container's health check: exits with 0 if this container's API answers. `/readyz` covers its dependencies.
const { PORT } = readSettings();
const response = await fetch(`http://127.0.0.1:${PORT}/healthz`, { signal: AbortSignal.timeout(3_000) });
process.exitCode = response.ok ? 0 : 1;
