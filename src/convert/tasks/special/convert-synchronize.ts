import { isScalar, isSeq, Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { rejectConversion } from '../../not-convertible.ts';
import { hasJinja } from '../../template/convert-text.ts';
import { addPair, findPair, removePair, textOf } from '../../yaml-nodes.ts';
import type { TaskContext } from '../task-context.ts';

/** `synchronize` of Ansible as `sync`: a folder of this machine goes to the host. What only rsync can do is left. */
export function convertSynchronize(args: YAMLMap, { translation }: TaskContext): undefined {
  const mode = findPair(args, 'mode');
  const direction = mode === undefined ? 'push' : (textOf(mode.value) ?? '');
  if (direction !== 'push') rejectConversion(`synchronize with mode: ${direction}: sync sends to the host, and fetch loads a file from it`);
  if (mode !== undefined) removePair(args, mode);
  convertOptions(args);
  for (const name of ['owner', 'group']) {
    const pair = findPair(args, name);
    if (pair !== undefined) removePair(args, pair);
  }
  translation.changes.add('the files belong to the login of the host; for other owners write `file` with `recurse` behind it');
}

/** `--exclude=PATTERN` of `rsync_opts` is an argument of `sync`. */
function convertOptions(args: YAMLMap): void {
  const pair = findPair(args, 'rsync_opts');
  if (pair === undefined) return;
  const text = textOf(pair.value);
  const nodes = isSeq(pair.value) ? pair.value.items : text === undefined ? [] : text.split(',').map((each) => new Scalar(each.trim()));
  const patterns = nodes.map((node) => {
    const option = isScalar(node) ? String(node.value) : '';
    const [, pattern] = /^--exclude[= ](?:'([^']*)'|"([^"]*)"|(.*))$/.exec(option)?.filter((each) => each !== undefined) ?? [];
    if (pattern === undefined || pattern === '' || hasJinja(pattern)) return rejectConversion(`synchronize with rsync_opts: ${option}`);
    return pattern;
  });
  removePair(args, pair);
  if (patterns.length === 0) return;
  const list = new YAMLSeq();
  list.flow = true;
  list.items = patterns.map((each) => new Scalar(each));
  addPair(args, 'exclude', list);
}
