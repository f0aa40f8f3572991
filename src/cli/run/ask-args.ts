import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Json, Vars } from '../../core/json-value.ts';
import { MIN_SECRET_LENGTH, registerSecret } from '../../core/mask.ts';
import type { Arg, Playbook } from '../../core/playbook/playbook-model.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import { convertArgValue } from '../../language/playbook/request/bind-args.ts';
import { toOneLine } from '../../report/text/display-text.ts';
import { askLine } from '../ask-line.ts';

/** What was typed for the args of a playbook. */
export interface AskedArgs {
  readonly values: Vars;
  /** Names of the args that were typed unseen. They are secrets. */
  readonly hidden: readonly string[];
}

/** The playbook in which the args of --ask are asked for. Throws SW1203 for a name that it does not have. */
export function withAskedArgs(playbook: Playbook, names: readonly string[]): Playbook {
  const known = playbook.args.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownNameError('argument', unknown, known, '--ask takes the name of an argument of the playbook.');
  return {
    ...playbook,
    args: playbook.args.map((arg) => (names.includes(arg.name) && arg.ask === undefined ? { ...arg, ask: 'shown' } : arg)),
  };
}

/** Asks for the args with `ask:` that have no value yet. Nobody is asked without a terminal: an arg with a default takes it, and SW1205
 *  names another one. */
export async function askForArgs({ args }: Playbook, given: ReadonlySet<string>, canAsk: boolean): Promise<AskedArgs> {
  const values: Record<string, Json> = {};
  const asked = args.filter(({ name, ask }) => ask !== undefined && !given.has(name));
  for (const arg of asked) {
    if (canAsk) values[arg.name] = await askForArg(arg);
    else if (arg.default === undefined)
      throw new SwarmError('SW1205', `${arg.name} is missing: it is asked for on a terminal, and there is none`, {
        hint: `Give its value: --${arg.name.replaceAll('_', '-')} VALUE`,
      });
  }
  const hidden = asked.filter(({ name, ask }) => ask === 'hidden' && Object.hasOwn(values, name)).map(({ name }) => name);
  return { values, hidden };
}

/** Asks until the value fits. An empty line is the default. */
async function askForArg(arg: Arg): Promise<Json> {
  const choices = arg.choices === undefined ? '' : ` (${arg.choices.join(', ')})`;
  const proposal = arg.default === undefined ? '' : ` [${typeof arg.default === 'string' ? arg.default : JSON.stringify(arg.default)}]`;
  for (let complaint = ''; ; ) {
    const line = await askLine(`${toOneLine(`${arg.describe ?? arg.name}${choices}${proposal}`)}: `, arg.ask === 'hidden', complaint);
    if (line === undefined)
      throw new SwarmError('SW1202', `no value was typed for ${arg.name}`, { hint: 'Run the command again and type it.' });
    if (line === '' && arg.default !== undefined) return arg.default;
    const value = readTypedValue(arg, line);
    if ('value' in value) return value.value;
    complaint = `${toOneLine(`${arg.name} ${value.wrong}`)}\n`;
  }
}

function readTypedValue(arg: Arg, line: string): ReturnType<typeof convertArgValue> {
  if (line === '') return { wrong: 'needs a value' };
  if (arg.ask === 'hidden' && !registerSecret(line))
    return { wrong: `needs at least ${MIN_SECRET_LENGTH} characters: a shorter text cannot be hidden in the output` };
  return convertArgValue(arg, line);
}

const ASKED_PREFIX = 'SWARM_ASKED_';

/** What the process of a run in the background gets: the words that give it the values, and the environment with the hidden ones. */
export function passAskedArgs({ values, hidden }: AskedArgs): { readonly words: readonly string[]; readonly env: NodeJS.ProcessEnv } {
  const shown = Object.fromEntries(Object.entries(values).filter(([name]) => !hidden.includes(name)));
  return {
    words: [
      ...(Object.keys(shown).length === 0 ? [] : ['-e', JSON.stringify(shown)]),
      ...hidden.flatMap((name) => ['--secret', `${name}=env:${ASKED_PREFIX}${name}`]),
    ],
    env: Object.fromEntries(hidden.map((name) => [`${ASKED_PREFIX}${name}`, String(values[name])])),
  };
}
