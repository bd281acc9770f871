import { RedisSentinels } from '../env/redis-sentinels.ts';
import { testProductOn } from './product-on.ts';

testProductOn('a primary with replicas and Sentinels', () => RedisSentinels.start());
