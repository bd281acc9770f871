import { z } from 'zod';
import { LAYERS, resultTypeOf } from '../../tl/index.ts';

const methodName = z
  .string()
  .refine(
    (name) => name === '*' || LAYERS.some((layer) => resultTypeOf(name, layer) !== undefined),
    'no method of Telegram, nor *',
  );

const whose = { phone: z.string().optional(), user_id: z.int().positive().optional() };

export const faultRequest = z
  .strictObject({
    ...whose,
    method: methodName,
    error: z
      .string()
      .regex(/^([A-Z0-9][A-Z0-9_]+|Timeout)$/, "one of Telegram's names, such as FLOOD_WAIT_30")
      .refine((name) => !name.endsWith('_X'), 'put a number for the X')
      .optional(),
    drop: z.enum(['before', 'after']).optional(),
    /** Transport error, e.g. -404, sent instead of an answer; then the connection is closed. */
    transport: z.int().min(-999).max(-1).optional(),
    delay_ms: z.int().min(0).max(600_000).optional(),
    times: z.int().min(1).default(1),
    /** A chat: its id (`-100…` for channels), `@username` or `+phone`. */
    peer: z.union([z.int(), z.string().min(1)]).optional(),
    /**
     * With a `…_WAIT_n` error: calls are refused until n seconds have passed, as at Telegram. Otherwise only `times`
     * calls are.
     */
    lasts: z.boolean().optional(),
    /** With an error that says the sign-in has ended: the sign-in stays valid all the same. */
    slip: z.boolean().optional(),
  })
  .refine(
    ({ error, drop, transport, delay_ms }) => (error ?? drop ?? transport ?? delay_ms) !== undefined,
    'name an error, a drop, a transport error or a delay_ms',
  )
  .refine(
    ({ error, drop, transport }) => error === undefined || (drop ?? transport) === undefined,
    'an error, or a drop or transport error, not both',
  )
  .refine(
    ({ error, lasts }) => lasts !== true || /_WAIT_\d+$/.test(error ?? ''),
    'only a wait lasts: …_WAIT_30',
  );

export type FaultRequest = z.input<typeof faultRequest>;

/** The next fetch of a difference is answered only with "too long". */
export const differenceFaultRequest = z.strictObject({
  ...whose,
  difference: z.enum(['too_long', 'channel_too_long']),
  times: z.int().min(1).default(1),
});
export type DifferenceFaultRequest = z.input<typeof differenceFaultRequest>;

/** The next uses of a file, or of an upload, are refused: the client must fetch the file, or upload it, again. */
export const fileFaultRequest = z
  .strictObject({
    ...whose,
    file_reference: z.literal('expired').optional(),
    file_parts: z.literal('missing').optional(),
    times: z.int().min(1).default(1),
  })
  .refine(
    ({ file_reference, file_parts }) => (file_reference === undefined) !== (file_parts === undefined),
    'either file_reference or file_parts',
  );
export type FileFaultRequest = z.input<typeof fileFaultRequest>;

/** What goes wrong with the next pushes of updates. */
export const pushFaultRequest = z.strictObject({
  ...whose,
  updates: z.enum(['drop', 'delay', 'reorder', 'duplicate']),
  times: z.int().min(1).default(1),
});
export type PushFaultRequest = z.input<typeof pushFaultRequest>;
