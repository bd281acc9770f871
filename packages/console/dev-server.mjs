import { createServer } from 'vite';

/** Paths that the console requests from the API. */
const API_PATHS = [
  '/telegram',
  '/jobs',
  '/message_stream',
  '/webhooks',
  '/console/config.json',
  '/console/sandbox',
  '/admin',
  '/docs',
  '/readyz',
];

/**
 * Serves the console from its sources, with reload, for `npm run dev`. The argument is the API's URL. Like every
 * process of the product, it sends `{type: 'ready', url}` to its parent and ends when the IPC channel closes.
 */
const [, , apiUrl] = process.argv;
const ending = new Promise((resolve) => {
  process.once('SIGTERM', resolve).once('SIGINT', resolve).once('disconnect', resolve);
});
const server = await createServer({
  root: import.meta.dirname,
  clearScreen: false,
  server: { host: '127.0.0.1', proxy: Object.fromEntries(API_PATHS.map((path) => [path, apiUrl])) },
});
await server.listen();
if (process.connected) {
  process.send({ type: 'ready', url: server.resolvedUrls.local[0] }, undefined, {}, () => {});
  await ending;
}
await server.close();
if (process.connected) process.disconnect();
