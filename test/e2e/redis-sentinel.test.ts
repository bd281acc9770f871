import { RedisSentinels } from '../env/redis-sentinels.ts';
import { lostEvents } from './lost-events.ts';
import { testProductOn } from './product-on.ts';

let sentinels: RedisSentinels;
const start = async () => (sentinels = await RedisSentinels.start());

testProductOn('a primary with replicas and Sentinels', start, {}, (product) =>
  lostEvents(product, () => sentinels),
);
