import { isMap, isSeq, Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { rejectConversion } from '../../not-convertible.ts';
import { hasJinja } from '../../template/convert-text.ts';
import { findPair, keyOf, removePair, renameKey, textOf } from '../../yaml-nodes.ts';
import type { ConvertedModule } from '../converted-module.ts';
import type { TaskContext } from '../task-context.ts';
import { readFlag } from '../values/read-flag.ts';

/** Ansible loads the file that it changed, unless `reload: no`: the running kernel gets the value, as with `live`. */
export function convertReload(args: YAMLMap): undefined {
  const reload = findPair(args, 'reload');
  if (reload === undefined) return;
  const isOn = readFlag(reload.value) === true;
  if (findPair(args, 'live') !== undefined || isOn) return removePair(args, reload);
  renameKey(reload, 'live');
}

/** An argument such as `groups: a,b` as a list. */
export const splitText =
  (name: string) =>
  (args: YAMLMap): undefined => {
    const pair = findPair(args, name);
    const text = textOf(pair?.value);
    if (pair === undefined || text === undefined || hasJinja(text)) return;
    const words = text.split(',').map((each) => each.trim());
    const list = new YAMLSeq();
    list.flow = true;
    list.items = words.filter((each) => each !== '').map((each) => new Scalar(each));
    pair.value = list;
  };

/** Notes that a container of Ansible, which has no label of swarm, is made anew. A network that is named twice is named once. */
export function adaptContainer(args: YAMLMap, { translation }: TaskContext): undefined {
  if (textOf(findPair(args, 'state')?.value) === 'absent') return;
  translation.changes.add('a container that Ansible made is made anew once');
  const mode = findPair(args, 'network_mode');
  const networks = findPair(args, 'networks')?.value;
  const [first] = isSeq(networks) ? networks.items : [];
  const name = isMap(first) ? textOf(findPair(first, 'name')?.value) : undefined;
  if (mode !== undefined && name !== undefined && name === textOf(mode.value)) removePair(args, mode);
}

export function convertService(args: YAMLMap): ConvertedModule | undefined {
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
  if (readFlag(findPair(args, 'daemon_reload')?.value) !== true)
    return rejectConversion('systemd without a name, with a daemon_reload that is not true');
  const command = new Scalar('systemctl daemon-reload');
  return { name: 'command', args: command, keywords: { changed_when: false } };
}
