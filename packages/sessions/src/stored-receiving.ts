import { receivingSchema } from '@gateway/contracts';
import * as z from 'zod';

/** How an account receives, as it survives the loss of Redis. */
export const storedReceivingSchema = receivingSchema
  .pick({ enabled: true, since: true, filter: true })
  .extend({
    /** No event has a greater number. If Redis loses its data, the numbers go on above it. */
    seq_limit: z.int().nonnegative(),
  });
export type StoredReceiving = z.infer<typeof storedReceivingSchema>;
