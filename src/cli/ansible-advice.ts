import type { ErrorJson } from '../core/error/swarm-error.ts';
import { quoteWord } from '../remote/session/shell-text.ts';

/** What only a playbook of Ansible has: filters, tests, braces in conditions, loops and arguments with other names. */
const SIGNS: readonly RegExp[] = [
  /^unexpected `(?:\||is|not|and|or|ansible_\w+)`$/,
  /Jinja2/,
  /^expressions take no braces$/,
  /^`(?:with_\w+|args|local_action|action|remote_user|collections|vars_prompt)` is not supported$/,
];
const FEW = 3;

/** A hint for errors that say together that a project is one of Ansible; undefined for any others. */
export function ansibleAdvice(errors: readonly ErrorJson[], directory: string | undefined): string | undefined {
  const signs = errors.filter(({ message }) => SIGNS.some((sign) => sign.test(message)));
  if (signs.length < FEW) return undefined;
  return `hint: This looks like a project of Ansible. To make one of swarm from it, run: swarm convert ${quoteWord(directory ?? '.')} --to NEW_FOLDER`;
}
