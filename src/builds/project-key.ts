import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { readOwnMachineId } from '../core/program/orchestrator.ts';

/** Names a project in the folders of swarm on hosts. Two projects may share a drone and name a target alike: neither may take or remove
 *  what the other has there. It stands for this machine and the folder of the project, so it needs no file. */
export function makeProjectKey(project: string): string {
  const machine = [hostname(), readOwnMachineId(), realpathSync(project)];
  return createHash('sha256').update(machine.join('\n')).digest('hex').slice(0, 12);
}
