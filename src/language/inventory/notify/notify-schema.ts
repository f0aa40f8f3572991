import { z } from 'zod';
import { NOTIFY_CAUSES, WEBHOOK_FORMS } from '../../../core/inventory/notifier.ts';

const text = z.string().min(1);
const secret = z.strictObject({ secret: z.strictObject({ from: text }) });
const address = z.string().regex(/^[^\s@,]+@[^\s@,]+$|^[\w.-]+$/, 'takes an address: root, or you@example.org');

/** An entry of `notify:`. That it has one of command, webhook and email is checked when it is read. */
export const notifierSchema = z.strictObject({
  command: z.array(text, 'takes a list: the program and its arguments').min(1).optional().describe('Program that gets the text on stdin'),
  webhook: z
    .union([text, secret], 'takes a URL, or { secret: { from: "env:NAME" } }')
    .optional()
    .meta({ description: 'URL that the text is sent to', examples: ['https://ntfy.sh/my-swarm'] }),
  form: z
    .enum(WEBHOOK_FORMS)
    .optional()
    .meta({ description: 'Form of the webhook; left out: by its URL', examples: ['slack'] }),
  token: z
    .union([text, secret], 'takes a text, or { secret: { from: "env:NAME" } }')
    .optional()
    .meta({ description: 'Sent as Authorization: Bearer', examples: [{ secret: { from: 'env:NTFY_TOKEN' } }] }),
  email: z.union([address, z.array(address).min(1)], 'takes an address or a list of addresses').optional(),
  sendmail: text
    .optional()
    .meta({ description: 'Program that sends the e-mail. Default: /usr/sbin/sendmail', examples: ['/usr/bin/msmtp'] }),
  on: z
    .array(z.enum(NOTIFY_CAUSES))
    .min(1)
    .optional()
    .meta({ description: 'What to tell of. Default: all', examples: [['failed', 'stalled']] }),
});
export type NotifierEntry = z.output<typeof notifierSchema>;
