import { type ClientRequest, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { WebhookRequest } from './webhook-request.ts';

/** Sends a request over a connection of its own, and returns the status of the answer. A kept connection may be closed by the server just as it
 *  is used again, and the notification would be lost. Follows no redirect, as that can turn POST into GET. Rejects when the signal aborts. */
export function postWebhook({ url, method, headers, body }: WebhookRequest, signal: AbortSignal): Promise<number> {
  const start = new URL(url).protocol === 'https:' ? requestHttps : requestHttp;
  const length = { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent: ClientRequest = start(url, { method, headers: { ...headers, ...length }, agent: false, signal });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      answer.destroy(); // nobody reads the body
      resolve(answer.statusCode ?? 0);
    });
    sent.end(body);
  });
}
