import { z } from 'zod';
import { NOTIFY_CAUSES, WEBHOOK_FORMS } from '../../../core/inventory/notifier.ts';

const text = z.string().min(1);
const secret = z.strictObject({ secret: z.strictObject({ from: text }) });
const address = z.string().regex(/^[^\s@,]+@[^\s@,]+$|^[\w.-]+$/, 'takes an address: root, or you@example.org');

/** An entry of `notify:`. That it has one of command, webhook and email is checked when it is read. */
export const notifierSchema = z.strictObject({
  command: z.array(text, 'takes a list: the program and its arguments').min(1).optional().describe('Program that gets the text on stdin'),
  webhook: z.union([text, secret], 'takes a URL, or { secret: { from: "env:NAME" } }').optional().describe('URL that the text is sent to'),
  form: z.enum(WEBHOOK_FORMS).optional().describe('Form of the webhook; left out: by its URL'),
  token: z.union([text, secret], 'takes a text, or { secret: { from: "env:NAME" } }').optional().describe('Sent as Authorization: Bearer'),
  email: z.union([address, z.array(address).min(1)], 'takes an address or a list of addresses').optional(),
  sendmail: text.optional().describe('Program that sends the e-mail. Default: /usr/sbin/sendmail'),
  on: z.array(z.enum(NOTIFY_CAUSES)).min(1).optional().describe('What to tell of. Default: all'),
});
export type NotifierEntry = z.output<typeof notifierSchema>;
