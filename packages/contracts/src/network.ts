import * as z from 'zod';
import { proxySchema } from './proxy.ts';

/** Longest field of a device, in characters. */
const MAX_LENGTH = 64;

const short = z
  .string()
  .min(1, 'must not be empty')
  .max(MAX_LENGTH, `must be at most ${MAX_LENGTH} characters`)
  .regex(/^[ -~]+$/, 'must hold only printable characters of ASCII');

/** How an account introduces itself to Telegram, which shows it among the devices of its owner. */
const deviceFields = {
  device_model: short.optional().describe('The name of the device that Telegram shows to the owner'),
  system_version: short.optional(),
  app_version: short.optional(),
  lang_code: z
    .string()
    .regex(/^[a-z]{2,3}(?:-[a-z0-9]{2,8})?$/i, 'must be a language, such as en or pt-br')
    .optional()
    .describe("The language of Telegram's service messages"),
};
export const deviceSchema = z.object(deviceFields);
export type AccountDevice = z.infer<typeof deviceSchema>;

/** The fields of a request that begins a sign-in: how the account connects to Telegram. Absent: as before. */
export const networkFields = {
  proxy: proxySchema.nullable().optional().describe("The account's own proxy; null: that of the server"),
  ...deviceFields,
};

/** A change of an account’s own network. */
export const networkChangeSchema = z.object(networkFields);
export type NetworkChange = z.infer<typeof networkChangeSchema>;
