import { isMap, isScalar, isSeq, Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { readYesNo } from '../../language/schema/yes-no.ts';
import { printCel } from '../jinja/print/print-cel.ts';
import { translateExpression } from '../jinja/translate-jinja.ts';
import { rejectConversion } from '../not-convertible.ts';
import { hasJinja } from '../template/convert-text.ts';
import { addPair, findPair, keyOf, removePair, renameKey, setScalar, textOf } from '../yaml-nodes.ts';
import { convertSynchronize } from './convert-synchronize.ts';
import { convertUri } from './convert-uri.ts';
import type { ConvertedModule } from './converted-module.ts';
import type { TaskContext } from './task-context.ts';
import { checkArgs, readTypes } from './values/ansible-args.ts';
import { convertValues } from './values/convert-values.ts';

/** What no table of renames can express: changes the arguments, or returns another module. */
export function convertSpecial(name: string, args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
  if (name === 'debug') return convertDebug(args, context);
  if (name === 'replace') convertReplacement(args);
  if (name === 'lineinfile') convertBackrefs(args);
  if (name === 'sysctl') convertReload(args);
  if (name === 'user') splitText(args, 'groups');
  if (name === 'iptables') for (const each of ['match', 'ctstate', 'destination_ports']) splitText(args, each);
  if (name === 'get_url' && findPair(args, 'checksum') === undefined) addPair(args, 'unverified', new Scalar(true));
  if (name === 'get_url') convertChecksum(args);
  if (name === 'unarchive') convertCopy(args);
  if (name === 'uri') convertUri(args);
  if (name === 'synchronize') convertSynchronize(args, context);
  if (name === 'file') dropForce(args);
  if (name === 'command' || name === 'shell') endInput(args);
  if (name === 'reboot') convertTest(args);
  if (name === 'docker_container') adaptContainer(args, context);
  if (name === 'openssl_privatekey') context.translation.changes.add('the key is written as PKCS#8: it begins with BEGIN PRIVATE KEY');
  if (name === 'command') noteExpansion(args, context);
  if (name === 'pause') return convertQuestion(args, context);
  if (name === 'shell') return withOtherShell(args, context);
  if (['systemd', 'systemd_service', 'service'].includes(name)) return convertService(args);
  if (name === 'postgresql_privs' && textOf(findPair(args, 'type')?.value) === 'default_privs')
    context.translation.changes.add('Ansible gives the roles USAGE on new TYPES too, which everybody has: swarm does not');
  return undefined;
}

function toList(values: readonly string[]): YAMLSeq {
  const list = new YAMLSeq();
  list.flow = true;
  list.items = values.map((each) => new Scalar(each));
  return list;
}

/** `var: x` prints the value of an expression. */
function convertDebug(args: YAMLMap, { translation }: TaskContext): ConvertedModule | undefined {
  const pair = findPair(args, 'var');
  if (pair === undefined) return undefined;
  const text = textOf(pair.value) ?? rejectConversion('debug of other than a name');
  if (hasJinja(text)) return void renameKey(pair, 'msg');
  pair.value = new Scalar(printCel(translateExpression(text, translation)));
  return { name: 'debug', args, keywords: {} };
}

/** `sha256sum: DIGITS` of old playbooks. */
function convertChecksum(args: YAMLMap): undefined {
  const value = findPair(args, 'checksum')?.value;
  if (isScalar(value) && /^[\da-f]{64}$/i.test(String(value.value))) setScalar(value, `sha256:${value.value}`);
}

/** `copy: no` of old playbooks is `remote_src: yes`. */
function convertCopy(args: YAMLMap): undefined {
  const copy = findPair(args, 'copy');
  const given = isScalar(copy?.value) ? readYesNo(String(copy.value.value)) : undefined;
  if (copy === undefined || given === undefined) return;
  renameKey(copy, 'remote_src');
  copy.value = new Scalar(!given);
}

/** `force` of a file means something for links alone. */
function dropForce(args: YAMLMap): undefined {
  const force = findPair(args, 'force');
  const state = textOf(findPair(args, 'state')?.value) ?? '';
  if (force !== undefined && state !== 'link' && state !== 'hard' && !hasJinja(state)) removePair(args, force);
}

/** Ansible puts a line break behind what a command reads, unless `stdin_add_newline` is false. */
function endInput(args: YAMLMap): undefined {
  const added = findPair(args, 'stdin_add_newline');
  const isOff = isScalar(added?.value) && (added.value.value === false || readYesNo(added.value.value) === false);
  if (added !== undefined) removePair(args, added);
  const input = findPair(args, 'stdin')?.value;
  if (isOff || !isScalar(input) || input.value === null) return;
  setScalar(input, `${input.value}\n`);
}

/** Notes that a container of Ansible, which has no label of swarm, is made anew. A network that is named twice is named once. */
function adaptContainer(args: YAMLMap, { translation }: TaskContext): undefined {
  if (textOf(findPair(args, 'state')?.value) === 'absent') return;
  translation.changes.add('a container that Ansible made is made anew once');
  const mode = findPair(args, 'network_mode');
  const networks = findPair(args, 'networks')?.value;
  const [first] = isSeq(networks) ? networks.items : [];
  const name = isMap(first) ? textOf(findPair(first, 'name')?.value) : undefined;
  if (mode !== undefined && name !== undefined && name === textOf(mode.value)) removePair(args, mode);
}

/** Ansible asks once, whatever hosts the play has. */
function convertQuestion(args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
  if (findPair(args, 'prompt') === undefined) return undefined;
  for (const pair of args.items) convertValues(pair.value, context);
  const module = context.modules.get('pause');
  if (module !== undefined) {
    readTypes(module, args);
    checkArgs('pause', module, args);
  }
  return { name: 'pause', args, keywords: { run_once: true } };
}

/** Ansible puts in variables of the environment and homes without any shell. */
function noteExpansion(args: YAMLMap, { translation }: TaskContext): undefined {
  const words = [findPair(args, 'cmd')?.value, findPair(args, 'argv')?.value].flatMap((node) => (isSeq(node) ? node.items : [node]));
  if (words.some((word) => /\$\{?[A-Za-z_]|(?:^|\s)~(?:\/|\w|\s|$)/.test(textOf(word) ?? '')))
    translation.changes.add('`command` hands on `$NAME` and `~` as they are, where Ansible puts in the value; `shell` puts it in');
}

/** `\1` of Python is `$1`. */
function convertReplacement(args: YAMLMap): undefined {
  const pair = findPair(args, 'replace');
  const text = textOf(pair?.value);
  if (text === undefined || !isScalar(pair?.value)) return;
  if (/[$]/.test(text)) rejectConversion('a replacement with $ in it');
  setScalar(
    pair.value,
    text.replace(/\\g<(\d)>|\\(\d)/g, (_, one, two) => `$${one ?? two}`),
  );
}

/** Ansible loads the file that it changed, unless `reload: no`: the running kernel gets the value, as with `live`. */
function convertReload(args: YAMLMap): undefined {
  const reload = findPair(args, 'reload');
  if (reload === undefined) return;
  const isOff = isScalar(reload.value) && [false, 'no', 'false', 'False'].some((each) => each === (reload.value as Scalar).value);
  if (findPair(args, 'live') !== undefined || !isOff) return removePair(args, reload);
  renameKey(reload, 'live');
  reload.value = new Scalar(false);
}

/** With `backrefs`, `\\1` in the line is `$1`. A text that is searched for is a pattern without marks. */
function convertBackrefs(args: YAMLMap): undefined {
  const search = findPair(args, 'search_string');
  if (search !== undefined && isScalar(search.value)) {
    const text = textOf(search.value) ?? '';
    if (hasJinja(text)) rejectConversion('a search_string that is a template');
    renameKey(search, 'regexp');
    setScalar(search.value, text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  }
  const backrefs = findPair(args, 'backrefs')?.value;
  const line = findPair(args, 'line')?.value;
  if (!isScalar(backrefs) || !isScalar(line) || [false, 'no', 'false', 'False'].some((each) => each === backrefs.value)) return;
  const text = textOf(line) ?? rejectConversion('backrefs with a line that is not text');
  if (/\\g<\D|\\[a-z]/i.test(text.replace(/\\g<\d+>/g, ''))) rejectConversion('backrefs with a group that has a name');
  setScalar(
    line,
    text.replaceAll('$', '$$$$').replace(/\\g<(\d)>|\\(\d)/g, (_, one, two) => `$${one ?? two}`),
  );
}

/** An argument such as `groups: a,b` as a list. */
function splitText(args: YAMLMap, name: string): undefined {
  const pair = findPair(args, name);
  const text = textOf(pair?.value);
  if (pair === undefined || text === undefined || hasJinja(text)) return;
  pair.value = toList(
    text
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  );
}

/** A shell other than sh: the program with the text as its argument. */
function withOtherShell(args: YAMLMap, context: TaskContext): ConvertedModule | undefined {
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

/** `test_command` is text of a shell. */
function convertTest(args: YAMLMap): undefined {
  const pair = findPair(args, 'test');
  if (pair === undefined || !isScalar(pair.value)) return;
  const command = new YAMLSeq();
  command.items = [new Scalar('sh'), new Scalar('-c'), pair.value];
  pair.value = command;
}

function convertService(args: YAMLMap): ConvertedModule | undefined {
  const names = args.items.map(keyOf);
  if (names.includes('daemon_reload') && !names.includes('name')) return daemonReload(args);
  if (!['state', 'enabled', 'masked', 'daemon_reload'].some((each) => names.includes(each)))
    rejectConversion('a service whose state is only read: service_facts has the state of every service');
  return undefined;
}

/** `systemd: daemon_reload=yes` without a unit. */
function daemonReload(args: YAMLMap): ConvertedModule {
  const other = args.items.find((pair) => keyOf(pair) !== 'daemon_reload');
  if (other !== undefined) return rejectConversion(`systemd without a name, with ${keyOf(other)}`);
  const command = new Scalar('systemctl daemon-reload');
  return { name: 'command', args: command, keywords: { changed_when: false } };
}
