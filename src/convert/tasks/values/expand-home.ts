import { isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { AnyModule } from '../../../core/module.ts';
import { ownValue } from '../../../core/own-value.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { findPair, keyOf, setScalar } from '../../yaml-nodes.ts';
import type { TaskContext } from '../task-context.ts';
import { readFlag } from './read-flag.ts';

/** Paths of the host that a module also takes when they are not absolute. */
const OTHER_HOST_PATHS: ReadonlySet<string> = new Set(['src']);

/** Paths of this machine. */
const LOCAL_PATHS: Readonly<Record<string, string>> = {
  ...{ assemble: 'src', copy: 'src', script: 'src', template: 'src', unarchive: 'src' },
  fetch: 'dest',
};

/** Writes the home folder for the `~` with which a path begins: Ansible puts it in, swarm takes paths as they are. It is written in Jinja, which the
 *  conversion of the values reads. Throws NotConvertible for the home of another user. */
export function expandHome(name: string, module: AnyModule, args: YAMLMap, { translation }: TaskContext): undefined {
  const isLocal = (key: string): boolean => ownValue(LOCAL_PATHS, name) === key && readFlag(findPair(args, 'remote_src')?.value) !== true;
  for (const { key: node, value } of args.items) {
    const key = String(isScalar(node) ? node.value : node);
    for (const each of isSeq(value) ? value.items : [value]) {
      const text = isScalar(each) && typeof each.value === 'string' ? each.value : '';
      if (!text.startsWith('~') || !isScalar(each)) continue;
      if (!isLocal(key) && !OTHER_HOST_PATHS.has(key) && !takesAbsolutePaths(module, args, key)) continue;
      if (!/^~(?:\/|$)/.test(text)) rejectConversion(`${text}: a path in the home folder of another user`);
      if (!isLocal(key)) translation.changes.add('`~` is now the home folder of the login, also where the task runs as another user');
      setScalar(each, `${isLocal(key) ? "{{ lookup('env', 'HOME') }}" : '{{ ansible_env.HOME }}'}${text.slice(1)}`);
    }
  }
}

/** Whether the module refuses a path with `~` and takes one that begins with `/`. */
function takesAbsolutePaths(module: AnyModule, args: YAMLMap, key: string): boolean {
  const refuses = (path: string): boolean => {
    const plain = Object.fromEntries(
      args.items.map((pair) => [keyOf(pair), withPath(pair.value as Node | null, keyOf(pair) === key, path)]),
    );
    const issues: readonly { readonly path: readonly unknown[] }[] = module.args.safeParse(plain).error?.issues ?? [];
    return issues.some(({ path: at }) => at[0] === key);
  };
  return refuses('~/a') && !refuses('/a');
}

const withPath = (value: Node | null, isWanted: boolean, path: string): unknown =>
  isWanted ? (isSeq(value) ? [path] : path) : JSON.parse(JSON.stringify(value));
