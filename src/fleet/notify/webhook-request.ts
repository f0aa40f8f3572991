import type { WebhookForm } from '../../core/inventory/notifier.ts';
import type { Notification } from './notification.ts';

/** A request of a webhook. */
export interface WebhookRequest {
  readonly url: string;
  readonly method: 'POST' | 'PUT';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const DISCORD_LIMIT = 2000;
const NTFY_LIMIT = 3800; // bytes; above 4096 ntfy makes an attachment of it

/** The request that a service takes. `id` is unique: Matrix drops a second request with the same one. */
export function toWebhookRequest(
  url: string,
  form: WebhookForm,
  token: string | undefined,
  note: Notification,
  id: string,
): WebhookRequest {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const json = (to: string, method: 'POST' | 'PUT', body: object): WebhookRequest => ({
    ...{ url: to, method, headers: { ...authorization, 'content-type': 'application/json' }, body: JSON.stringify(body) },
  });
  const whole = formatNotification(note);
  switch (form) {
    case 'ntfy':
      return {
        ...{ url, method: 'POST', body: cutBytes(`${note.text}\n${note.command}`, NTFY_LIMIT) },
        headers: {
          ...authorization,
          title: encodeHeader(note.title),
          priority: note.cause === 'finished' ? 'default' : 'high',
          'content-type': 'text/plain; charset=utf-8',
        },
      };
    case 'discord':
      return json(url, 'POST', { content: [...whole].slice(0, DISCORD_LIMIT / 2).join(''), allowed_mentions: { parse: [] } });
    case 'slack':
      return json(url, 'POST', { text: whole.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') });
    case 'matrix': {
      const room = url.replace(/\/+$/, '');
      const send = room.includes('/send/') ? room : `${room}/send/m.room.message`;
      return json(`${send}/${encodeURIComponent(id)}`, 'PUT', { msgtype: 'm.text', body: whole });
    }
    case 'json':
      return json(url, 'POST', { event: note.cause, run: note.run, title: note.title, text: note.text, command: note.command });
  }
}

/** Title, text and command on lines of their own. */
export const formatNotification = ({ title, text, command }: Notification): string => `${title}\n${text}\n${command}`;

/** A header as RFC 2047 has it where it is not plain ASCII, on one line. */
export function encodeHeader(text: string): string {
  const line = text.replace(/[\r\n]+/g, ' ');
  return /^[\x20-\x7e]*$/.test(line) ? line : `=?UTF-8?B?${Buffer.from(line).toString('base64')}?=`;
}

const cutBytes = (text: string, limit: number): string => Buffer.from(text).subarray(0, limit).toString();
