import { closestName } from '../../core/closest-name.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { maskJson } from '../../core/mask.ts';
import { moduleSource } from '../../engine/module-source.ts';
import { findAllOrigins, findOrigins } from '../../fleet/project/find-origins.ts';
import { requirePlaybook } from '../../fleet/project/find-playbook.ts';
import { findHost, openProject } from '../../fleet/project/project.ts';
import { readPlaybook } from '../../language/playbook/read-playbook.ts';
import { displayText } from '../../report/text/display-text.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printData } from '../output.ts';

type ExplainOptions = GlobalOptions & { readonly host?: string; readonly playbook?: string };

/** `swarm explain vars NAME --host H [--playbook P]`: every place that gives the variable a value, weakest first. */
export async function explainVars(name: string | undefined, options: ExplainOptions): Promise<number> {
  if (name === undefined || options.host === undefined)
    throw new SwarmError('SW1202', 'swarm explain vars takes the name of a variable and a host', {
      hint: 'Name both, as in: swarm explain vars port --host web1. All variables of a host are shown by: swarm hosts show web1',
    });
  const project = await openProject(options);
  const host = findHost(project, options.host);
  const playbook =
    options.playbook === undefined
      ? undefined
      : await readPlaybook(requirePlaybook(options.playbook, project.dir), moduleSource(project.dir), project.inventory);
  const ofInventory = findOrigins(project, host.name, options.inventory);
  const origins = findAllOrigins(project, playbook, { host: host.name, name, ofInventory });
  if (origins.length === 0) throw unknownVariable(name, host.name, Object.keys(host.vars));
  const rows = origins.map(({ level, at, value, wins }) => ({ level, at: `${at.file}:${at.line}`, value: maskJson(value), wins }));
  printData(options, { name, host: host.name, origins: rows }, () =>
    rows.map(
      ({ level, at, value, wins }) => displayText`${wins ? '→' : ' '} ${level}  ${at}  ${JSON.stringify(value)}${wins ? '  counts' : ''}`,
    ),
  );
  return 0;
}

function unknownVariable(name: string, host: string, known: readonly string[]): SwarmError {
  const near = closestName(name, known);
  const hint = near === undefined ? `To see the variables, run: swarm hosts show ${host}` : `Did you mean ${near}?`;
  return new SwarmError('SW1203', `nothing gives ${host} a variable ${name}`, { hint });
}
