import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SwarmError } from '../core/error.ts';
import type { Host, Json } from '../core/host.ts';
import { definesHost, editInventory } from '../language/edit.ts';
import { endOf } from './blocks.ts';
import { durationMs } from './duration.ts';
import type { Everywhere } from './options.ts';
import { print } from './output.ts';
import { chosen, openProject, type Project } from './project.ts';

export interface BlockFlags extends Everywhere {
  readonly reason?: string;
  readonly until?: string;
}

const LONGEST_MS = 7 * 86_400_000;

/** `swarm hosts block NAME --reason T --until 2d`: written into the inventory, with a reason and an end. */
export async function blockCommand(name: string, options: BlockFlags): Promise<number> {
  const project = await openProject(options);
  const host = one(project, name);
  const reason = options.reason?.trim();
  if (!reason) throw new SwarmError('SW1202', 'a block needs a reason', { hint: 'swarm hosts block NAME --reason TEXT --until 2d' });
  const until = endFrom(options.until);
  const block = { reason, until, since: new Date().toISOString() };
  await editInventory(fileOf(project, host), ['hosts', name, 'block'], block as Json);
  print(options, { hosts: [{ name, status: 'blocked', block }] }, () => [`${name} counts as not used until ${until}: ${reason}`]);
  return 0;
}

/** `swarm hosts unblock NAME`. */
export async function unblockCommand(name: string, options: Everywhere): Promise<number> {
  const project = await openProject(options);
  const host = one(project, name);
  if (host.block === undefined) throw new SwarmError('SW1202', `${name} is not blocked`, { hint: 'swarm hosts list shows blocks' });
  await editInventory(fileOf(project, host), ['hosts', name, 'block'], undefined);
  print(options, { hosts: [{ name, status: 'unblocked' }] }, () => [`${name} is used again`]);
  return 0;
}

function endFrom(until: string | undefined): string {
  if (until === undefined) throw new SwarmError('SW1202', 'a block needs an end', { hint: '--until 2d, 12h or a date; 7 days at most' });
  const given = /^\d{4}-/.test(until) ? endOf(until) : Date.now() + durationMs(until);
  const ahead = given - Date.now();
  if (Number.isNaN(given)) throw new SwarmError('SW1202', `--until ${until} is not a date`, { hint: 'for example: 2d, 12h, 2026-12-01' });
  if (ahead <= 0) throw new SwarmError('SW1202', `--until ${until} is in the past`, {});
  if (ahead > LONGEST_MS)
    throw new SwarmError('SW1202', `--until ${until} is more than 7 days ahead`, {
      hint: 'a block ends after 7 days at most; renew it then',
    });
  return new Date(given).toISOString();
}

function one(project: Project, name: string): Host {
  const hosts = chosen(project, name, {});
  const [host] = hosts;
  if (host === undefined || hosts.length !== 1 || host.name !== name)
    throw new SwarmError('SW1203', `${name} is not the name of one host`, {});
  return host;
}

function fileOf({ dir }: Project, host: Host): string {
  const folder = join(dir, 'inventory');
  const files = readdirSync(folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => join(folder, name));
  const file = files.find((each) => definesHost(each, host.name));
  if (file === undefined)
    throw new SwarmError('SW1203', `${host.name} stands in no file of ${folder}`, { hint: 'localhost cannot be blocked' });
  return file;
}
