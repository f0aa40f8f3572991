import { SwarmError } from '../../core/error.ts';
import type { Host, Json } from '../../core/host.ts';
import { parseBlockEnd } from '../../fleet/blocks/block-text.ts';
import { findHostFile } from '../../fleet/project/find-inventory-entry.ts';
import { findHost, openProject } from '../../fleet/project/project.ts';
import { editYamlFile } from '../../language/yaml/edit-yaml.ts';
import { displayText } from '../../report/text/display-text.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { parseDuration } from '../parse-duration.ts';
import type { BlockFlags } from './hosts-commands.ts';

const MAX_BLOCK_MS = 7 * 86_400_000;

/** `swarm hosts block NAME --reason T --until 2d`: written into the inventory, with a reason and an end. */
export async function blockHostCommand(name: string, options: BlockFlags): Promise<number> {
  const project = await openProject(options);
  const host = findHost(project, name);
  const reason = options.reason?.trim();
  if (!reason) throw new SwarmError('SW1202', 'a block needs a reason', { hint: `swarm hosts block ${name} --reason TEXT --until 2d` });
  const now = Date.now();
  const until = new Date(parseUntil(options.until, now)).toISOString();
  const block = { reason, until, since: new Date(now).toISOString() };
  const file = findHostFile(project, options, name, 'block') ?? findHostFile(project, options, name);
  if (file === undefined) throw notInFilesError(host);
  await editYamlFile(file, ['hosts', name, 'block'], block as Json);
  printResult(options, { hosts: [{ name, status: 'blocked', block }] }, () => [
    displayText`${name} counts as not used until ${until}: ${reason}`,
  ]);
  return 0;
}

/** `swarm hosts unblock NAME`: a block that has ended by itself is taken out of the file too. */
export async function unblockHostCommand(name: string, options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const host = findHost(project, name);
  if (host.block === undefined) throw new SwarmError('SW1202', `${name} is not blocked`, { hint: 'swarm hosts list shows blocks' });
  const file = findHostFile(project, options, name, 'block');
  if (file === undefined) throw notInFilesError(host);
  await editYamlFile(file, ['hosts', name, 'block'], undefined);
  printResult(options, { hosts: [{ name, status: 'unblocked' }] }, () => [displayText`${name} is used again`]);
  return 0;
}

function parseUntil(text: string | undefined, now: number): number {
  if (text === undefined) throw new SwarmError('SW1202', 'a block needs an end', { hint: '--until 2d, 12h or a date; 7 days at most' });
  const end = /^\d{4}-/.test(text) ? parseBlockEnd(text) : now + parseDuration(text);
  if (Number.isNaN(end)) throw new SwarmError('SW1202', `--until ${text} is not a date`, { hint: 'for example: 2d, 12h, 2026-12-01' });
  if (end <= now) throw new SwarmError('SW1202', `--until ${text} is in the past`, { hint: 'for example: 2d, 12h' });
  if (end - now <= MAX_BLOCK_MS) return end;
  throw new SwarmError('SW1202', `--until ${text} is more than 7 days ahead`, {
    hint: 'a block ends after 7 days at most; renew it then',
  });
}

const notInFilesError = ({ name }: Host): SwarmError =>
  new SwarmError('SW1202', `${name} cannot be blocked: no inventory file has it`, {
    hint: name === 'localhost' ? 'this machine is no drone' : 'its entry is made some other way',
  });
