import type { Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import type { SecretResolver } from '../../fleet/secrets/resolve-secrets.ts';
import type { PlaybookWords } from '../../language/playbook/playbook-options.ts';
import { bindArgs, bindPositionalArgs, parseExtraVars } from '../../language/playbook/request/bind-args.ts';
import { type AskedArgs, askForArgs } from './ask-args.ts';
import type { RunFlags } from './run-commands.ts';

/** What the variables of a run are read with. */
export interface VarSources {
  readonly options: RunFlags;
  readonly secrets: SecretResolver;
  /** Variables of the inventory. */
  readonly known: ReadonlySet<string>;
}

/** The names that -e and --secret define. Throws what parseExtraVars() throws. */
export const listGivenNames = ({ extra = [], secret = [] }: Pick<RunFlags, 'extra' | 'secret'>): readonly string[] => [
  ...Object.keys(parseExtraVars(extra)),
  ...secret.map((word) => word.split('=')[0] ?? ''),
];

/** The variables of a run: those of the command line, and those that are asked for on the terminal. */
export async function readRunVars(
  playbook: Playbook,
  { positional, named, typed }: PlaybookWords,
  { options, secrets, known }: VarSources,
): Promise<{ readonly vars: Vars; readonly asked: AskedArgs }> {
  const extra = { ...parseExtraVars(options.extra ?? [], playbook), ...named, ...(await secrets.readOptions(options.secret ?? [])) };
  const given = new Set([...Object.keys(extra), ...bindPositionalArgs(playbook, positional, []).keys()]);
  const asked = await askForArgs(playbook, given, process.stdin.isTTY && process.stderr.isTTY);
  return { vars: bindArgs(playbook, positional, { ...extra, ...asked.values }, known, typed), asked };
}
