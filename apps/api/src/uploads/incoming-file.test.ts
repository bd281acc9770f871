import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { incomingFile } from './incoming-file.ts';

/** A request that has sent this much of its body, and sends no more. */
async function silentRequest(headers: Record<string, string>, begun: string): Promise<IncomingMessage> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const asked = request({ port, method: 'POST', headers: { 'content-length': '1000', ...headers } });
  asked.on('error', () => {});
  onTestFinished(() => {
    asked.destroy();
    server.close();
  });
  const arrived = new Promise<IncomingMessage>((resolve) => server.once('request', resolve));
  asked.write(begun);
  return arrived;
}

const FORM = 'multipart/form-data; boundary=x';
const PART = '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nbytes';

test.each([
  ['itself', { 'content-type': 'video/mp4' }, 'bytes'],
  ['in a form', { 'content-type': FORM }, PART],
])('a file %s of which no byte arrives for too long is REQUEST_TIMEOUT', async (_how, headers, begun) => {
  const { bytes } = await incomingFile(await silentRequest(headers, begun), 50);
  const read = async () => {
    for await (const chunk of bytes) expect(chunk.byteLength).toBeGreaterThan(0);
  };
  await expect(read()).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
});

test('a form that ends before its file, too', async () => {
  const incoming = await silentRequest({ 'content-type': FORM }, '--x\r\n');
  await expect(incomingFile(incoming, 50)).rejects.toMatchObject({ code: 'REQUEST_TIMEOUT' });
});
