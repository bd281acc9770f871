export { BoundedThreads, ThreadError, type ThreadBounds, type ThreadFailure } from './bounded-thread.ts';
export { createLogger, silentLogger, type Logger } from './logger.ts';
export { Pauses } from './pauses.ts';
export { BOOT_ID, livenessOf, PROCESS_IDENTITY } from './process-identity.ts';
export { runProcess, type App } from './process.ts';
export { SealingError, Sealer } from './sealing.ts';
export { describeRedis, parseRedisUrl, type RedisAddress } from './redis-address.ts';
export { redisRefusal } from './redis-refusal.ts';
export { findSealingKey, loadSealingKey, type SealingKey } from './sealing-key.ts';
export {
  botUserId,
  eventLimits,
  paceSettings,
  parseSettings,
  readSettings,
  redisAddress,
  SETTING_NAMES,
  SettingsError,
  type Settings,
} from './settings/settings.ts';
export { sleep, withTimeout } from './timing.ts';
