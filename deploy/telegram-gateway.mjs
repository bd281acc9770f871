#!/usr/bin/env node
// The CLI in the image.
const { runInTerminal } = await import('/app/dist/current/cli.mjs');
await runInTerminal();
