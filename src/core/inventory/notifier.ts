/** What a person is told of. finished: a run ended well · failed: a run failed · aside: a host gets no more work · healed: a step of healing
 *  ended · stalled: an item is silent, or no item starts · message: a task sends one. */
export const NOTIFY_CAUSES = ['finished', 'failed', 'aside', 'healed', 'stalled', 'message'] as const;
export type NotifyCause = (typeof NOTIFY_CAUSES)[number];

/** How the body of a webhook looks. json: `{ event, run, title, text, command }`. */
export const WEBHOOK_FORMS = ['ntfy', 'discord', 'slack', 'matrix', 'json'] as const;
export type WebhookForm = (typeof WEBHOOK_FORMS)[number];

/** A text, or where the secret text comes from: `env:NAME`, `file:PATH` or `cmd:COMMAND`. */
export type NotifierText = string | { readonly from: string };

/** One entry of `notify:`. */
export type Notifier = { readonly on: readonly NotifyCause[] } & (
  | { readonly kind: 'command'; readonly argv: readonly [string, ...string[]] }
  | { readonly kind: 'webhook'; readonly url: NotifierText; readonly form: WebhookForm; readonly token?: NotifierText }
  | { readonly kind: 'email'; readonly to: readonly string[]; readonly sendmail: string }
);
