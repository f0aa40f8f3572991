import { forgetGone, makeBlock, removeBlock, writeBlock } from '../../fleet/blocks/block-host.ts';
import { formatBlockEnd } from '../../fleet/blocks/block-text.ts';
import { findHost, openProject } from '../../fleet/project/project.ts';
import { displayText } from '../../report/text/display-text.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import { formatWritten } from '../written-files.ts';
import type { BlockFlags } from './hosts-commands.ts';

/** `swarm hosts block NAME --reason T --until 2d`: written into the inventory, with a reason and an end. */
export async function blockHostCommand(name: string, options: BlockFlags): Promise<number> {
  const project = await openProject(options);
  const host = findHost(project, name);
  const block = makeBlock(host, options.reason, options.until, Date.now());
  const file = await writeBlock(project, host, block, options);
  printResult(options, { hosts: [{ name, status: 'blocked', block }] }, () => [
    displayText`${name} gets no work ${formatBlockEnd(block, Date.now())}: ${block.reason}`,
    formatWritten(file),
  ]);
  return 0;
}

/** `swarm hosts unblock NAME`: a block that has ended by itself is taken out of the file too. */
export async function unblockHostCommand(name: string, options: GlobalOptions): Promise<number> {
  const project = await openProject(options);
  const isKnown = project.inventory.hosts.some((host) => host.name === name);
  const files = isKnown ? await removeBlock(project, findHost(project, name), options) : await forgetGone(project, name);
  if (files.length === 0) findHost(project, name); // throws for an unknown name
  printResult(options, { hosts: [{ name, status: 'unblocked' }] }, () => [
    displayText`${name} gets work again`,
    ...files.map(formatWritten),
  ]);
  return 0;
}
