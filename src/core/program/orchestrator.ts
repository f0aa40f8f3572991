import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hashMachineId } from '../inventory/host-identity.ts';

/** The machine on which a process runs, for the readers of a project that several machines share. */
export interface Orchestrator {
  readonly name: string;
  /** Hashed; absent where the machine has none. */
  readonly machineId?: string;
}

let own: Orchestrator | undefined;

/** This machine. */
export function thisOrchestrator(): Orchestrator {
  own ??= describeThisMachine();
  return own;
}

function describeThisMachine(): Orchestrator {
  const id = readOwnMachineId();
  return { name: hostname(), ...(/^[0-9a-f]{32}$/.test(id) ? { machineId: hashMachineId(id) } : {}) };
}

/** The text of /etc/machine-id of this machine; empty where it has none, as some containers. */
export function readOwnMachineId(): string {
  try {
    return readFileSync('/etc/machine-id', 'utf8').trim();
  } catch {
    return '';
  }
}

/** False for another machine. Containers of one image may share a machine-id, so the name counts too. Undefined, as in what an older
 *  swarm wrote, stands for this one. */
export function isThisMachine(machine: Orchestrator | undefined): boolean {
  if (machine === undefined) return true;
  const here = thisOrchestrator();
  return machine.name === here.name && machine.machineId === here.machineId;
}

/** True for what a file of a project may have there. */
export function isOrchestrator(value: unknown): value is Orchestrator {
  if (typeof value !== 'object' || value === null || !('name' in value) || typeof value.name !== 'string') return false;
  return !('machineId' in value) || typeof value.machineId === 'string';
}
