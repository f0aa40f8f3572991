import { isScalar, isSeq, Pair, Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { rejectConversion } from '../../not-convertible.ts';
import { hasJinja } from '../../template/convert-text.ts';
import { findPair, removePair, renameKey, setScalar, textOf } from '../../yaml-nodes.ts';
import type { ConvertedModule } from '../converted-module.ts';
import { splitShortForm } from '../short-form/short-form-words.ts';
import type { TaskContext } from '../task-context.ts';
import { checkArgs } from '../values/ansible-args.ts';
import { convertValues } from '../values/convert-values.ts';
import { readFlag } from '../values/read-flag.ts';

/** Ansible puts a line break behind what a command reads, unless `stdin_add_newline` is false. */
export function endInput(args: YAMLMap): undefined {
  const added = findPair(args, 'stdin_add_newline');
  const isOff = readFlag(added?.value) === false;
  if (added !== undefined) removePair(args, added);
  const input = findPair(args, 'stdin')?.value;
  if (isOff || !isScalar(input) || input.value === null) return;
  setScalar(input, `${input.value}\n`);
}

/** Ansible puts in variables of the environment and homes without any shell. */
export function noteExpansion(args: YAMLMap, { translation }: TaskContext): undefined {
  const words = [findPair(args, 'cmd')?.value, findPair(args, 'argv')?.value].flatMap((node) => (isSeq(node) ? node.items : [node]));
  if (words.some((word) => /\$\{?[A-Za-z_]|(?:^|\s)~(?:\/|\w|\s|$)/.test(textOf(word) ?? '')))
    translation.changes.add('`command` hands on `$NAME` and `~` as they are, where Ansible puts in the value; `shell` puts it in');
}

/** A shell other than sh: the program with the text as its argument. */
export function withOtherShell(args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
  const executable = findPair(args, 'executable');
  const shell = textOf(executable?.value);
  const command = findPair(args, 'cmd');
  if (executable === undefined || shell === undefined || command === undefined) return undefined;
  if (hasJinja(shell)) return rejectConversion('a shell that is a template');
  convertValues(args, context);
  const argv = new YAMLSeq();
  argv.items = [new Scalar(shell), new Scalar('-c'), command.value];
  removePair(args, executable);
  renameKey(command, 'argv');
  command.value = argv;
  const module = context.modules.get('command');
  if (module !== undefined) checkArgs('command', module, args);
  return { name: 'command', args, keywords: {} };
}

/** The first word of the line is the script, and the others are its arguments. */
export function convertScript(args: YAMLMap, { translation }: TaskContext): undefined {
  const line = findPair(args, 'cmd');
  const words = splitShortForm(textOf(line?.value) ?? '').map((word) => word.trim());
  const [script, ...others] = words.filter((word) => word !== '');
  if (line === undefined || script === undefined || !isScalar(line.value)) return;
  renameKey(line, 'src');
  setScalar(line.value, readScriptWord(script));
  if (others.length === 0) return;
  const list = new YAMLSeq();
  list.items = others.map((word) => new Scalar(readScriptWord(word)));
  args.items.splice(args.items.indexOf(line) + 1, 0, new Pair(new Scalar('args'), list) as YAMLMap['items'][number]);
  if (others.some((word) => /^[^"']*\{\{/.test(word) && !QUOTE_FILTER.test(word)))
    translation.changes.add('each argument of `script` is one word, also where its value has spaces');
}

const QUOTE_FILTER = /\s*\|\s*quote\s*\}\}/;

/** A word of the line without its quotes. Ansible gives the line to a shell: what that would read cannot stay. */
function readScriptWord(word: string): string {
  const [, quote = '', text = word] = /^(["'])(.*)\1$/s.exec(word) ?? [];
  const outside = text.replace(/\{\{.*?\}\}/gs, '');
  const read = quote === "'" ? /'/ : quote === '"' ? /[$`\\"]/ : /[$`|&;<>*?[\]()#~\\"']/;
  if (read.test(outside)) rejectConversion(`script with an argument that a shell reads: ${word}`);
  return text.replaceAll(new RegExp(QUOTE_FILTER, 'g'), ' }}');
}

/** `test_command` is text of a shell. */
export function convertTest(args: YAMLMap): undefined {
  const pair = findPair(args, 'test');
  if (pair === undefined || !isScalar(pair.value)) return;
  const command = new YAMLSeq();
  command.items = [new Scalar('sh'), new Scalar('-c'), pair.value];
  pair.value = command;
}
