import { openRelay, type Route } from './relay.ts';

/** A process that relays between the network in which it runs and others. ROUTES: JSON. It ends with its parent. */
const routes = JSON.parse(process.env['ROUTES'] ?? '[]') as Route[];
await Promise.all(routes.map(openRelay));
process.once('disconnect', () => process.exit());
process.send?.({ type: 'ready' });
