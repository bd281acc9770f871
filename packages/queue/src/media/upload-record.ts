import * as z from 'zod';

/** What is known of an upload, as Redis keeps it. */
const uploadRecordSchema = z.object({
  /** Bytes. */
  size: z.int(),
  /** Of the bytes, base64url. */
  sha256: z.string(),
  mimeType: z.string(),
  fileName: z.string().nullable(),
  /** ms since the epoch. */
  createdAt: z.int(),
});
export type UploadRecord = z.infer<typeof uploadRecordSchema>;

/** @throws {SyntaxError | z.ZodError} if another program wrote it. */
export function parseUploadRecord(json: string): UploadRecord {
  return uploadRecordSchema.parse(JSON.parse(json));
}
