import { get as request } from 'node:http';

export interface HttpResponse {
  readonly status: number;
  readonly statusText: string;
  readonly body: Buffer;
}

/** A GET as a client of a binhost makes it. Not `fetch`: that takes Node longer to load than all else here. */
export function httpGet(url: string, timeoutMs = 60_000): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: timeoutMs }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (chunk: Buffer) => parts.push(chunk));
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode: status = 0, statusMessage: statusText = '' } = response;
        resolve({ status, statusText, body: Buffer.concat(parts) });
      });
    });
    asked.once('timeout', () => asked.destroy(new Error('timed out')));
    asked.once('error', reject);
  });
}
