import { SwarmError } from '../../core/error/swarm-error.ts';
import { openProject } from '../../fleet/project/project.ts';
import { adoptHost, formatAdoptCommand } from '../../fleet/trust/adopt-host.ts';
import { acceptIdentity } from '../../fleet/trust/trust-host.ts';
import { printMissingKeys } from '../print-errors.ts';
import { formatWritten } from '../written-files.ts';
import type { AdoptFlags } from './hosts-commands.ts';
import { makeTrustDialog, printTrusted } from './trust.ts';

/** `swarm hosts adopt ADDRESS --name N --group G`: pins the machine and writes it into the inventory; nothing else. Not pinned: not adopted. */
export async function adoptHostCommand(address: string, options: AdoptFlags): Promise<number> {
  const project = await openProject(options);
  const { name, group } = options;
  if (name === undefined) throw new SwarmError('SW1202', 'adopt needs a name', { hint: `Run: ${formatAdoptCommand(address)}` });
  const newHost = { name, ...(group === undefined ? {} : { groups: group }) };
  const trusted = await adoptHost(project, address, newHost, options, (host, adopted) => {
    printMissingKeys(adopted, [host], options);
    return acceptIdentity(host, adopted, options, makeTrustDialog(adopted, options));
  });
  const result = printTrusted(name, trusted);
  for (const file of [project.pinsFile, trusted.file]) process.stderr.write(`${formatWritten(file)}\n`);
  if (options.output === 'json' || options.output === 'ndjson') process.stdout.write(`${JSON.stringify({ hosts: [result] })}\n`);
  return 0;
}
