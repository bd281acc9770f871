import { connect } from 'node:net';

/**
 * Sends bytes as they are and resolves with everything that comes back until the server closes the connection.
 * @param andNoMore says that these were the last bytes, as a caller does whose own input breaks off.
 */
export async function rawRequest(url: string, bytes: string, andNoMore = false): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname.replace(/^\[|\]$/g, ''));
  socket.setEncoding('utf8');
  socket.write(bytes);
  if (andNoMore) socket.end();
  let received = '';
  return new Promise((resolve, reject) => {
    socket.on('data', (chunk: string) => {
      received += chunk;
    });
    socket.on('close', () => resolve(received));
    socket.on('error', (error) => (received === '' ? reject(error) : resolve(received)));
  });
}
