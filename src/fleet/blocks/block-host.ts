import { SwarmError } from '../../core/error/swarm-error.ts';
import { type Block, blockEnd } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { Json } from '../../core/json-value.ts';
import { goneHostsFile, readGoneHosts, recordGoneHost } from '../../journal/gone-hosts.ts';
import { parseDuration } from '../../language/schema/parse-units.ts';
import { editYamlFile, hasYamlValue } from '../../language/yaml/edit-yaml.ts';
import { findHostFile } from '../project/find-inventory-entry.ts';
import { type Project, type ProjectOptions, stateDir } from '../project/project.ts';

const MAX_BLOCK_MS = 7 * 86_400_000;

/** A block that starts now. Throws SW1202 where the reason or the end is missing, and for an end that parseBlockUntil refuses. */
export function makeBlock(host: Host, reason: string | undefined, until: string | undefined, now: number): Block {
  const trimmedReason = reason?.trim();
  if (!trimmedReason)
    throw new SwarmError('SW1202', 'a block needs a reason', {
      hint: `Run: swarm hosts block ${host.name} --reason "disk being replaced" --until 2d`,
    });
  const end = parseBlockUntil(until, now);
  return { reason: trimmedReason, until: new Date(end).toISOString(), since: new Date(now).toISOString() };
}

/** When a block ends, in milliseconds: `2d`, `12h`, or a date. Throws SW1202 for the past and for more than 7 days ahead. */
export function parseBlockUntil(text: string | undefined, now: number): number {
  if (text === undefined)
    throw new SwarmError('SW1202', 'a block needs an end', {
      hint: 'Add --until 2d, --until 12h or --until with a date, at most 7 days ahead.',
    });
  const end = /^\d{4}-/.test(text) ? blockEnd({ until: text, reason: '' }) : now + parseDuration('--until', text);
  if (Number.isNaN(end))
    throw new SwarmError('SW1202', `--until ${text} is not a date`, { hint: 'Write for example 2d, 12h or 2026-12-01.' });
  if (end <= now) throw new SwarmError('SW1202', `--until ${text} is in the past`, { hint: 'Write for example 2d or 12h.' });
  if (end - now <= MAX_BLOCK_MS) return end;
  throw new SwarmError('SW1202', `--until ${text} is more than 7 days ahead`, {
    hint: 'A block lasts 7 days at most. Block the host again when it ends.',
  });
}

/** Writes the block into the inventory file of the host, and returns that file. Throws SW1202 for a host that no file has. */
export async function writeBlock(project: Project, host: Host, block: Block, options: ProjectOptions): Promise<string> {
  const file = findHostFile(project, options, host.name, 'block') ?? findHostFile(project, options, host.name);
  if (file === undefined) throw notInFilesError(host);
  await editYamlFile(file, ['hosts', host.name, 'block'], { ...block } as Json, (text) => {
    if (!hasYamlValue(text, ['hosts', host.name])) throw notInFilesError(host); // somebody has just removed it
  });
  return file;
}

/** Takes the block out of the inventory file, one that has ended too, and forgets that the host was gone. Returns the files that it
 *  wrote. Throws SW1202 for a host that is neither. */
export async function removeBlock(project: Project, host: Host, options: ProjectOptions): Promise<readonly string[]> {
  const forgotten = await forgetGone(project, host.name);
  if (forgotten.length > 0 && host.block === undefined) return forgotten;
  if (host.block === undefined) throw new SwarmError('SW1202', `${host.name} is not blocked`, { hint: 'Run: swarm hosts list' });
  const file = findHostFile(project, options, host.name, 'block');
  if (file === undefined) throw notInFilesError(host);
  await editYamlFile(file, ['hosts', host.name, 'block'], undefined);
  return [...forgotten, file];
}

/** Forgets that a host is gone, also one that the inventory no longer has. Returns the file that it wrote; none where it is not gone. */
export async function forgetGone(project: Project, name: string): Promise<readonly string[]> {
  if (!readGoneHosts(stateDir(project)).has(name)) return [];
  await recordGoneHost(stateDir(project), name, undefined);
  return [goneHostsFile(stateDir(project))];
}

const notInFilesError = ({ name }: Host): SwarmError =>
  new SwarmError('SW1202', `${name} cannot be blocked: no inventory file of swarm has it`, {
    hint:
      name === 'localhost'
        ? 'localhost is this machine. Only hosts of the inventory can be blocked.'
        : `For a host of an inventory of Ansible, or of -i a,b, run: swarm hosts gone ${name} --reason TEXT. Else write it into a file of inventory/.`,
  });
