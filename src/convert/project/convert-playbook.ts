import { Document, isMap, isScalar, isSeq, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { reportLeft } from '../conversion-report.ts';
import { NotConvertible, rejectConversion } from '../not-convertible.ts';
import { convertFlag, convertKeyword } from '../tasks/convert-keywords.ts';
import { convertTasks } from '../tasks/convert-task.ts';
import { moduleBaseName } from '../tasks/module-rules.ts';
import { moveFileName, type TaskContext, withNotes } from '../tasks/task-context.ts';
import { convertValues } from '../tasks/values/convert-values.ts';
import { asMap, findPair, keyOf, lineOf, originalText, removePair, renameKey, textOf } from '../yaml-nodes.ts';
import { convertRoleEntries } from './convert-roles-list.ts';
import { convertVars } from './convert-vars.ts';

type AnyPair = YAMLMap['items'][number];
const LISTS = ['tasks', 'pre_tasks', 'post_tasks'];

/** A playbook: a list of plays becomes `plays:` of a mapping, questions become `args:`. */
export function convertPlaybook(document: Document, context: TaskContext): Document {
  const plays = isSeq(document.contents) ? document.contents : rejectConversion('a playbook that is not a list');
  const args = new YAMLMap();
  for (const [i, play] of plays.items.entries()) {
    if (isMap(play)) convertPlay(play, args, context);
    else plays.items[i] = leftPlay(play as Node, 'a play that is not a mapping', context);
  }
  const root = new YAMLMap();
  if (args.items.length > 0) root.items.push(new Pair(new Scalar('args'), args) as AnyPair);
  const key = new Scalar('plays');
  root.items.push(new Pair(key, plays) as AnyPair);
  const converted = new Document(root);
  converted.commentBefore = document.commentBefore ?? null;
  const [first] = root.items;
  if (isScalar(first?.key)) first.key.commentBefore = plays.commentBefore ?? null;
  plays.commentBefore = null;
  plays.spaceBefore = false;
  if (isMap(plays.items[0])) plays.items[0].spaceBefore = false;
  converted.comment = document.comment;
  return converted;
}

function leftPlay(play: Node, reason: string, { report, file, source, lines }: TaskContext): Node {
  reportLeft(report, { file, line: lineOf(play, lines), text: originalText(play, source), reason });
  return new Scalar(`not converted: ${reason}`);
}

function convertPlay(play: YAMLMap, args: YAMLMap, context: TaskContext): undefined {
  const own = withNotes(context);
  const left: (() => void)[] = [];
  for (const pair of [...play.items]) {
    const original = pair.clone() as Pair;
    try {
      convertPlayKeyword(play, pair, args, own);
    } catch (thrown) {
      if (!(thrown instanceof NotConvertible)) throw thrown;
      removePair(play, pair);
      left.push(() => leaveKeyword(play, original, thrown.message, context));
    }
  }
  for (const leave of left) leave();
  if (own.translation.changes.size === 0) return;
  const reasons = [...own.translation.changes];
  for (const reason of reasons) context.report.changed.push({ file: context.file, line: lineOf(play, context.lines), reason });
  play.commentBefore = [play.commentBefore, ...reasons.map((reason) => ` converted: ${reason}`)].filter(Boolean).join('\n');
}

function convertPlayKeyword(play: YAMLMap, pair: Pair, args: YAMLMap, context: TaskContext): undefined {
  const key = keyOf(pair);
  const { value } = pair;
  switch (moduleBaseName(key)) {
    case 'tasks':
    case 'pre_tasks':
    case 'post_tasks':
      if (isSeq(value)) convertTasks(value, context);
      return;
    case 'handlers':
      if (isSeq(value)) convertTasks(value, { ...context, isHandlers: true });
      return;
    case 'roles':
      if (isSeq(value)) convertRoleEntries(value, context);
      return;
    case 'vars':
      if (isMap(value)) convertVars(value, context);
      return;
    case 'vars_files':
      if (isSeq(value) && value.items.some((item) => isSeq(item))) return rejectConversion('vars_files with a list of alternatives');
      for (const node of isSeq(value) ? value.items : [value]) moveFileName(node, 'vars_files', context);
      return convertValues(value, context);
    case 'vars_prompt':
      convertPrompts(value, args);
      return removePair(play, pair);
    case 'import_playbook':
    case 'include':
      moveFileName(value, 'playbooks', context);
      return renameKey(pair, 'import_playbook');
    case 'hosts':
      if (isScalar(value) && value.value === '127.0.0.1') value.value = 'localhost';
      return convertValues(value, context);
    case 'connection': {
      const hosts = textOf(findPair(play, 'hosts')?.value) ?? '';
      if (textOf(value) === 'local' && ['localhost', '127.0.0.1'].includes(hosts)) return removePair(play, pair);
      return rejectConversion(`connection: ${textOf(value) ?? ''} of a play that is not for localhost`);
    }
    case 'any_errors_fatal':
    case 'force_handlers':
      return convertFlag(pair, key, context);
    case 'strategy':
      return convertStrategy(play, pair);
    case 'gather_subset':
    case 'gather_timeout':
      context.translation.changes.add('swarm asks a host for facts where the play uses one that is not known yet');
      return removePair(play, pair);
    case 'fact_path':
      context.translation.changes.add('`fact_path` is gone: swarm reads the facts of a host in /etc/ansible/facts.d alone');
      return removePair(play, pair);
    case 'user':
    case 'remote_user':
    case 'port':
      return convertLogin(pair, context);
    case 'serial':
    case 'max_fail_percentage':
    case 'order':
    case 'gather_facts':
      return convertValues(value, context);
    case 'debugger':
    case 'collections':
      return removePair(play, pair);
    default:
      return convertKeyword(play, pair, context);
  }
}

/** In Ansible the inventory is stronger, in swarm the play. */
function convertLogin(pair: Pair, context: TaskContext): undefined {
  if (keyOf(pair) === 'user') renameKey(pair, 'remote_user');
  const [keyword, setting] = keyOf(pair) === 'port' ? ['port', 'ansible_port'] : ['remote_user', 'ansible_user'];
  if (!isScalar(pair.value) || pair.value.value === null) rejectConversion(`${keyword} without a value`);
  context.translation.changes.add(`\`${keyword}\` of a play holds also for hosts with ${setting} in the inventory`);
  convertValues(pair.value, context);
}

function convertStrategy(play: YAMLMap, pair: Pair): undefined {
  const name = (textOf(pair.value) ?? '').replace(/^(?:ansible\.builtin\.|mitogen_)/, '');
  if (name === 'host_pinned' || name === 'free') pair.value = new Scalar(name);
  else if (name === 'linear') removePair(play, pair);
  else rejectConversion(`strategy: ${name}`);
}

/** `vars_prompt`: an arg that is asked for. */
function convertPrompts(node: unknown, args: YAMLMap): undefined {
  if (!isSeq(node)) return rejectConversion('vars_prompt that is not a list');
  for (const item of node.items) {
    const prompt = asMap(item) ?? rejectConversion('a prompt that is not a mapping');
    const name = textOf(findPair(prompt, 'name')?.value) ?? rejectConversion('a prompt without a name');
    const text = textOf(findPair(prompt, 'prompt')?.value);
    const given = findPair(prompt, 'default')?.value;
    if (findPair(prompt, 'encrypt') !== undefined) rejectConversion('a prompt with encrypt');
    const arg = new YAMLMap();
    const set = (key: string, value: unknown): void =>
      void arg.items.push(new Pair(new Scalar(key), value instanceof Scalar ? value : new Scalar(value)) as AnyPair);
    if (isScalar(given) && given.value !== null) {
      if (typeof given.value !== 'string') set('type', typeof given.value === 'number' ? 'int' : 'bool');
      set('default', given);
    }
    const shown = findPair(prompt, 'private')?.value;
    set('ask', isScalar(shown) && /^(?:no|false|off|0)$/i.test(String(shown.value)) ? true : 'hidden');
    if (text !== undefined) set('describe', text);
    arg.flow = true;
    args.items.push(new Pair(new Scalar(name), arg) as AnyPair);
  }
}

/** A keyword of a play that is not converted is its first task. */
function leaveKeyword(play: YAMLMap, pair: Pair, reason: string, context: TaskContext): undefined {
  const { report, file, source, lines } = context;
  const text = `${keyOf(pair)}: ${pair.value === null ? '' : originalText(pair.value as Node, source)}`;
  report.tasks.left++;
  reportLeft(report, { file, line: lineOf(pair.key, lines), text, reason });
  const body = new YAMLMap();
  body.items = [new Pair(new Scalar('reason'), new Scalar(reason)), new Pair(new Scalar('original'), new Scalar(text))];
  const task = new YAMLMap();
  task.items = [new Pair(new Scalar('not_converted'), body)];
  const list = LISTS.map((each) => findPair(play, each)?.value).find((each) => isSeq(each));
  if (isSeq(list)) list.items.unshift(task);
  else {
    const tasks = new YAMLSeq();
    tasks.items = [task];
    play.items.push(new Pair(new Scalar('tasks'), tasks) as AnyPair);
  }
}
