import { request } from 'node:http';

/** The status of a GET with headers that `fetch` does not allow a caller to set (`Host`, `Origin`). */
export function rawGet(url: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    request(new URL(path, url), { headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}
