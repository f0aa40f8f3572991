import { SwarmError } from '../../../core/error/swarm-error.ts';
import { NOTIFY_CAUSES, type Notifier, type NotifierText, type WebhookForm } from '../../../core/inventory/notifier.ts';
import { parseSecretSource } from '../../schema/secret-source.ts';
import type { KeyPath } from '../../yaml/source-document.ts';
import { isWritten, type Located } from '../merge-inventory.ts';
import type { NotifierEntry } from './notify-schema.ts';

const KINDS = ['command', 'webhook', 'email'] as const;
const WEBHOOK_KEYS = ['form', 'token'] as const;

/** The entries of `notify:`. Each wrong one is a problem with its place. */
export function readNotify(entry: Located<readonly NotifierEntry[]> | undefined, problems: SwarmError[]): readonly Notifier[] {
  if (entry === undefined) return [];
  return entry.value.flatMap((each, index) => {
    const written = KINDS.filter((key) => isWritten(entry, index, key));
    const problem = findProblem(each, written);
    if (problem === undefined) return toNotifier(each);
    const at = entry.source.valueSpan([...entry.path, index, ...problem.path]);
    problems.push(new SwarmError('SW6040', problem.message, { at, hint: problem.hint }));
    return [];
  });
}

interface Problem {
  readonly path: KeyPath;
  readonly message: string;
  readonly hint: string;
}

/** `given`: what the file has, right or wrong. */
function findProblem(entry: NotifierEntry, given: readonly string[]): Problem | undefined {
  if (given.length !== 1)
    return {
      path: [],
      message: given.length === 0 ? 'an entry of `notify` says how to tell' : `an entry of \`notify\` has ${given.join(' and ')}`,
      hint: 'Write one of: command: [PROGRAM], webhook: URL, email: ADDRESS.',
    };
  const stray = WEBHOOK_KEYS.find((key) => entry[key] !== undefined && !given.includes('webhook'));
  if (stray !== undefined)
    return { path: [stray], message: `\`${stray}\` belongs to a webhook`, hint: 'Remove it, or write webhook: URL.' };
  if (entry.sendmail !== undefined && !given.includes('email'))
    return { path: ['sendmail'], message: '`sendmail` belongs to an e-mail', hint: 'Remove it, or write email: ADDRESS.' };
  for (const key of ['webhook', 'token'] as const) {
    const value = entry[key];
    if (typeof value === 'object' && parseSecretSource(value.secret.from) === undefined)
      return {
        path: [key],
        message: `\`${value.secret.from}\` is not a source of a secret`,
        hint: 'Write env:NAME, file:PATH or cmd:COMMAND.',
      };
  }
  if (entry.webhook === undefined) return undefined;
  if (typeof entry.webhook === 'string' && !isWebUrl(entry.webhook))
    return { path: ['webhook'], message: 'a webhook takes a URL', hint: 'Write a URL that begins with https:// or http://.' };
  if (entry.form === undefined && formOf(entry.webhook) === undefined)
    return {
      path: ['webhook'],
      message: 'the URL does not show the form of the webhook',
      hint: 'Add form: ntfy, discord, slack, matrix or json.',
    };
  return undefined;
}

function toNotifier(entry: NotifierEntry): readonly Notifier[] {
  const { command, webhook, email, on = NOTIFY_CAUSES } = entry;
  const [program, ...args] = command ?? [];
  if (program !== undefined) return [{ on, kind: 'command', argv: [program, ...args] }];
  if (email !== undefined)
    return [{ on, kind: 'email', to: typeof email === 'string' ? [email] : email, sendmail: entry.sendmail ?? '/usr/sbin/sendmail' }];
  if (webhook === undefined) return [];
  const form = entry.form ?? formOf(webhook) ?? 'json';
  const token = entry.token === undefined ? {} : { token: toText(entry.token) };
  return [{ on, kind: 'webhook', url: toText(webhook), form, ...token }];
}

type GivenText = NonNullable<NotifierEntry['webhook']>;

const toText = (given: GivenText): NotifierText => (typeof given === 'string' ? given : { from: given.secret.from });

/** By the URL of the public services. */
function formOf(url: GivenText): WebhookForm | undefined {
  if (typeof url !== 'string' || !isWebUrl(url)) return undefined;
  const { hostname, pathname } = new URL(url);
  if (hostname === 'ntfy.sh' || hostname.startsWith('ntfy.')) return 'ntfy';
  if (/(^|\.)discord(app)?\.com$/.test(hostname)) return 'discord';
  if (hostname === 'hooks.slack.com') return 'slack';
  return pathname.startsWith('/_matrix/') ? 'matrix' : undefined;
}

const isWebUrl = (url: string): boolean => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
