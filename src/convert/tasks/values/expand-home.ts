import { isScalar, isSeq, type Node, type YAMLMap } from 'yaml';
import type { AnyModule } from '../../../core/module.ts';
import { ownValue } from '../../../core/own-value.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { findPair, keyOf, setScalar } from '../../yaml-nodes.ts';
import { readFlag } from './read-flag.ts';

/** Paths of this machine, unless `remote_src` says otherwise. */
const LOCAL_PATHS: Readonly<Record<string, string>> = {
  ...{ copy: 'src', sync: 'src', template: 'src', unarchive: 'src', uri: 'src' },
  fetch: 'dest',
};

/** Writes the home folder for the `~` with which a path begins: Ansible puts it in, swarm takes paths as they are. It is written in Jinja, which the
 *  conversion of the values reads. Throws NotConvertible for the home of another user. */
export function expandHome(name: string, module: AnyModule, args: YAMLMap): undefined {
  for (const pair of args.items) {
    const key = keyOf(pair);
    for (const each of isSeq(pair.value) ? pair.value.items : [pair.value]) {
      const text = isScalar(each) && typeof each.value === 'string' ? each.value : '';
      if (!text.startsWith('~') || !isScalar(each)) continue;
      const isLocal = isLocalPath(name, key, args);
      if (!isLocal && key !== 'src' && !takesAbsolutePaths(module, args, key)) continue; // src of a link need not be absolute
      if (!/^~(?:\/|$)/.test(text)) rejectConversion(`${text}: a path in the home folder of another user`);
      setScalar(each, `${isLocal ? "{{ lookup('env', 'HOME') }}" : '{{ ansible_env.HOME }}'}${text.slice(1)}`);
    }
  }
}

function isLocalPath(name: string, key: string, args: YAMLMap): boolean {
  const [remote, copied] = ['remote_src', 'copy'].map((each) => findPair(args, each));
  if (name === 'assemble' && key === 'src') return readFlag(remote?.value) === false;
  if (ownValue(LOCAL_PATHS, name) !== key) return false;
  const isRemote = remote === undefined ? undefined : readFlag(remote.value);
  if (remote !== undefined && isRemote === undefined) rejectConversion('a path with ~ where remote_src is computed');
  return isRemote !== true && (copied === undefined || readFlag(copied.value) !== false); // copy: of old playbooks
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
