import { closestName } from '../../core/closest-name.ts';
import type { GroupTree } from './group-tree.ts';

/** What is wrong with a name that is not among these hosts, and what to write. A group is called one. */
export function describeUnknownHost(
  name: string,
  names: readonly string[],
  groups: Pick<GroupTree, 'names' | 'groupsOfHost'>,
): { readonly message: string; readonly hint: string } {
  if (groups.names.includes(name)) {
    const members = names.filter((host) => groups.groupsOfHost(host).includes(name));
    const hint = members.length === 0 ? 'Write the name of a host instead.' : `Write hosts of it instead: ${members.join(', ')}`;
    return { message: `\`${name}\` is a group, not a host`, hint };
  }
  const near = closestName(name, names);
  const hint = near === undefined ? `Write it under hosts: ${name}: { routes: [ { local: ADDRESS } ] }` : `Did you mean \`${near}\`?`;
  return { message: `no host is called \`${name}\``, hint };
}
