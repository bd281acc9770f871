import {
  MEDIA_ACCOUNTS_KEY,
  sendJobKey,
  unusedBytesKey,
  uploadJobsKey,
  uploadsKey,
  uploadsPrefix,
} from '../keys.ts';
import type { RedisClient } from '../redis/clients.ts';
import { Script } from '../redis/script.ts';
import { parseUploadRecord, type UploadRecord } from './upload-record.ts';

/*
 * The records of uploads. Their bytes are in the media store. A job uses its uploads from the step that enqueues it
 * (UPLOAD_USES) until it ends. An upload that no job uses counts against the account's quota.
 */

/** KEYS: uploads, unused bytes. ARGV: id, record, size, quota. */
const ADD = new Script(`
local unused = tonumber(redis.call('GET', KEYS[2]) or '0')
if unused + ARGV[3] > tonumber(ARGV[4]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('INCRBY', KEYS[2], ARGV[3])
return 1`);

/** KEYS: uploads, jobs of the upload. ARGV: id, record, job. */
const ADD_FETCHED = new Script(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return redis.call('SADD', KEYS[2], ARGV[3])`);

/** KEYS: uploads, jobs of the upload, job. ARGV: id, job. */
const RELEASE = new Script(`
if redis.call('EXISTS', KEYS[3]) == 1 and redis.call('HEXISTS', KEYS[3], 'finishedOn') == 0 then return 0 end
if redis.call('SREM', KEYS[2], ARGV[2]) == 0 or redis.call('EXISTS', KEYS[2]) == 1 then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])`);

/** KEYS: uploads, unused bytes, jobs of the upload, job. ARGV: id, job, quota, now. */
const RETURN = new Script(`
if redis.call('HEXISTS', KEYS[4], 'finishedOn') == 0 then return 0 end
if redis.call('SREM', KEYS[3], ARGV[2]) == 0 or redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
local json = redis.call('HGET', KEYS[1], ARGV[1])
if not json then return 0 end
local record = cjson.decode(json)
if tonumber(redis.call('GET', KEYS[2]) or '0') + record.size > tonumber(ARGV[3]) then
  return redis.call('HDEL', KEYS[1], ARGV[1])
end
redis.call('INCRBY', KEYS[2], record.size)
record.createdAt = tonumber(ARGV[4])
redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(record))
return 0`);

/** KEYS: uploads, unused bytes, jobs of the upload. ARGV: id. */
const DROP_UNUSED = new Script(`
local record = redis.call('HGET', KEYS[1], ARGV[1])
if not record or redis.call('EXISTS', KEYS[3]) == 1 then return 0 end
redis.call('DECRBY', KEYS[2], cjson.decode(record).size)
return redis.call('HDEL', KEYS[1], ARGV[1])`);

/** Lua functions for the script that enqueues: `prefix` is that of the account's uploads. */
export const UPLOAD_USES = `
local function is_upload_missing(prefix, ids)
  for _, id in ipairs(ids) do
    if redis.call('HEXISTS', prefix .. 'uploads', id) == 0 then return true end
  end
  return false
end
local function use_uploads(prefix, ids, job)
  for _, id in ipairs(ids) do
    local jobs = prefix .. 'upload:' .. id .. ':jobs'
    if redis.call('EXISTS', jobs) == 0 then
      local record = cjson.decode(redis.call('HGET', prefix .. 'uploads', id))
      redis.call('DECRBY', prefix .. 'uploads:unused', record.size)
    end
    redis.call('SADD', jobs, job)
  end
end
`;

/** KEYS: uploads. ARGV: the prefix of their keys, their ids (JSON). */
const ARE_THERE = new Script(`${UPLOAD_USES}
return is_upload_missing(ARGV[1], cjson.decode(ARGV[2])) and 0 or 1`);

/** KEYS: uploads. ARGV: the prefix of their keys, their ids (JSON), job. */
const USE_AGAIN = new Script(`${UPLOAD_USES}
local ids = cjson.decode(ARGV[2])
if is_upload_missing(ARGV[1], ids) then return 0 end
use_uploads(ARGV[1], ids, ARGV[3])
return 1`);

/**
 * Records an upload whose bytes are stored.
 * @param quota the most bytes that the account's unused uploads may have.
 * @returns `false` if it would be over the quota; then it is not recorded.
 */
export async function addUpload(
  redis: RedisClient,
  userId: string,
  uploadId: string,
  record: UploadRecord,
  quota: number,
): Promise<boolean> {
  // First, so that a sweep finds the account whatever happens in between.
  await redis.sadd(MEDIA_ACCOUNTS_KEY, userId);
  const keys = [uploadsKey(userId), unusedBytesKey(userId)];
  return (await ADD.run(redis, keys, [uploadId, JSON.stringify(record), record.size, quota])) === 1;
}

/** Records a file that was fetched for a job, which uses it. */
export async function addFetchedUpload(
  redis: RedisClient,
  userId: string,
  uploadId: string,
  record: UploadRecord,
  jobId: string,
): Promise<void> {
  await redis.sadd(MEDIA_ACCOUNTS_KEY, userId);
  const keys = [uploadsKey(userId), uploadJobsKey(userId, uploadId)];
  await ADD_FETCHED.run(redis, keys, [uploadId, JSON.stringify(record), jobId]);
}

/** Bytes of the account's uploads that no job uses. */
export async function readUnusedBytes(redis: RedisClient, userId: string): Promise<number> {
  return Number((await redis.get(unusedBytesKey(userId))) ?? 0);
}

/** All uploads of an account, by id. */
export async function readUploads(redis: RedisClient, userId: string): Promise<Map<string, UploadRecord>> {
  const records = await redis.hgetall(uploadsKey(userId));
  return new Map(Object.entries(records).map(([id, json]) => [id, parseUploadRecord(json)]));
}

/** One upload; `null`: there is none. */
export async function readUpload(
  redis: RedisClient,
  userId: string,
  uploadId: string,
): Promise<UploadRecord | null> {
  const json = await redis.hget(uploadsKey(userId), uploadId);
  return json === null ? null : parseUploadRecord(json);
}

/** The jobs that use an upload. */
export async function readUploadJobs(
  redis: RedisClient,
  userId: string,
  uploadId: string,
): Promise<string[]> {
  return redis.smembers(uploadJobsKey(userId, uploadId));
}

/**
 * The job has ended. Does nothing if Redis has lost its end, in a failover: then the job runs again.
 * @returns whether no other job uses the upload: it is forgotten, and its bytes can go.
 */
export async function releaseUpload(
  redis: RedisClient,
  userId: string,
  uploadId: string,
  jobId: string,
): Promise<boolean> {
  const keys = [uploadsKey(userId), uploadJobsKey(userId, uploadId), sendJobKey(userId, jobId)];
  return (await RELEASE.run(redis, keys, [uploadId, jobId])) === 1;
}

/** Forgets all uploads of an account, also those that jobs use. */
export async function forgetUploads(redis: RedisClient, userId: string): Promise<void> {
  const jobs = (await redis.hkeys(uploadsKey(userId))).map((uploadId) => uploadJobsKey(userId, uploadId));
  await redis.del(uploadsKey(userId), unusedBytesKey(userId), ...jobs);
}

/**
 * The job has failed and may be retried. An upload that no other job uses is then unused, as if it were new; over the
 * quota, it is forgotten. Does nothing if the job was retried meanwhile.
 * @returns whether it is forgotten, so that its bytes can go.
 */
export async function returnUpload(
  redis: RedisClient,
  userId: string,
  uploadId: string,
  jobId: string,
  quota: number,
): Promise<boolean> {
  const keys = [uploadsKey(userId), unusedBytesKey(userId), uploadJobsKey(userId, uploadId)];
  const args = [uploadId, jobId, quota, Date.now()];
  return (await RETURN.run(redis, [...keys, sendJobKey(userId, jobId)], args)) === 1;
}

/** Whether the account has all of these uploads. */
export async function hasUploads(
  redis: RedisClient,
  userId: string,
  uploadIds: readonly string[],
): Promise<boolean> {
  const args = [uploadsPrefix(userId), JSON.stringify(uploadIds)];
  return uploadIds.length === 0 || (await ARE_THERE.run(redis, [uploadsKey(userId)], args)) === 1;
}

/** A retried job uses its uploads again. */
export async function useUploadsAgain(
  redis: RedisClient,
  userId: string,
  uploadIds: readonly string[],
  jobId: string,
): Promise<void> {
  const args = [uploadsPrefix(userId), JSON.stringify(uploadIds), jobId];
  if (uploadIds.length > 0) await USE_AGAIN.run(redis, [uploadsKey(userId)], args);
}

/** Forgets an upload unless a job uses it. @returns whether it is forgotten, so that its bytes can go. */
export async function dropUnusedUpload(
  redis: RedisClient,
  userId: string,
  uploadId: string,
): Promise<boolean> {
  const keys = [uploadsKey(userId), unusedBytesKey(userId), uploadJobsKey(userId, uploadId)];
  return (await DROP_UNUSED.run(redis, keys, [uploadId])) === 1;
}
