import { SwarmError } from '../../core/error.ts';
import type { Host, Json } from '../../core/host.ts';
import { endOf } from '../../fleet/blocks/block-text.ts';
import { fileWith } from '../../fleet/project/find-inventory-entry.ts';
import { chosen, openProject, type Project } from '../../fleet/project/project.ts';
import { editInventory } from '../../language/yaml/edit-yaml.ts';
import { show } from '../../report/text/display-text.ts';
import type { Everywhere } from '../options.ts';
import { print } from '../output.ts';
import { durationMs } from '../parse-duration.ts';

export interface BlockFlags extends Everywhere {
  readonly reason?: string;
  readonly until?: string;
}

const LONGEST_MS = 7 * 86_400_000;

/** `swarm hosts block NAME --reason T --until 2d`: written into the inventory, with a reason and an end. */
export async function blockCommand(name: string, options: BlockFlags): Promise<number> {
  const project = await openProject(options);
  const host = oneHost(project, name);
  const reason = options.reason?.trim();
  if (!reason) throw new SwarmError('SW1202', 'a block needs a reason', { hint: `swarm hosts block ${name} --reason TEXT --until 2d` });
  const now = Date.now();
  const until = new Date(endFrom(options.until, now)).toISOString();
  const block = { reason, until, since: new Date(now).toISOString() };
  const file = fileWith(project, options, name, 'block') ?? fileWith(project, options, name);
  if (file === undefined) throw unwritten(host);
  await editInventory(file, ['hosts', name, 'block'], block as Json);
  print(options, { hosts: [{ name, status: 'blocked', block }] }, () => [show`${name} counts as not used until ${until}: ${reason}`]);
  return 0;
}

/** `swarm hosts unblock NAME`: a block that has ended by itself is taken out of the file too. */
export async function unblockCommand(name: string, options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const host = oneHost(project, name);
  if (host.block === undefined) throw new SwarmError('SW1202', `${name} is not blocked`, { hint: 'swarm hosts list shows blocks' });
  const file = fileWith(project, options, name, 'block');
  if (file === undefined) throw unwritten(host);
  await editInventory(file, ['hosts', name, 'block'], undefined);
  print(options, { hosts: [{ name, status: 'unblocked' }] }, () => [show`${name} is used again`]);
  return 0;
}

function endFrom(until: string | undefined, now: number): number {
  if (until === undefined) throw new SwarmError('SW1202', 'a block needs an end', { hint: '--until 2d, 12h or a date; 7 days at most' });
  const end = /^\d{4}-/.test(until) ? endOf(until) : now + durationMs(until);
  if (Number.isNaN(end)) throw new SwarmError('SW1202', `--until ${until} is not a date`, { hint: 'for example: 2d, 12h, 2026-12-01' });
  if (end <= now) throw new SwarmError('SW1202', `--until ${until} is in the past`, { hint: 'for example: 2d, 12h' });
  if (end - now <= LONGEST_MS) return end;
  throw new SwarmError('SW1202', `--until ${until} is more than 7 days ahead`, {
    hint: 'a block ends after 7 days at most; renew it then',
  });
}

/** The host with this very name; a pattern or a group is refused. Throws SW1203. */
export function oneHost(project: Project, name: string): Host {
  const [host, second] = chosen(project, name, {});
  if (host !== undefined && second === undefined && host.name === name) return host;
  throw new SwarmError('SW1203', `${name} is not the name of one host`, { hint: 'swarm hosts list shows the names' });
}

const unwritten = ({ name }: Host): SwarmError =>
  new SwarmError('SW1202', `${name} cannot be blocked: no inventory file has it`, {
    hint: name === 'localhost' ? 'this machine is no drone' : 'its entry is made some other way',
  });
