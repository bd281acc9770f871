import { RedisCluster } from '../env/redis-cluster.ts';
import { testProductOn } from './product-on.ts';

testProductOn('a Redis Cluster', () => RedisCluster.start({ withReplicas: true }));
