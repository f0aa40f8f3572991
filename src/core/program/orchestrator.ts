import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hashMachineId } from '../inventory/host-identity.ts';
import { isMapping } from '../json-value.ts';

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
  return { name: toMachineName(hostname()), ...(/^[0-9a-f]{32}$/.test(id) ? { machineId: hashMachineId(id) } : {}) };
}

/** What names a machine in a command line and in the names of folders. */
const MACHINE_NAME = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,127}$/u;

/** Linux takes any bytes for the name of a machine, and none. */
export function toMachineName(name: string): string {
  const clean = name.replace(/[^\p{L}\p{N}_.-]/gu, '_').replace(/^[.-]/, '_');
  return MACHINE_NAME.test(clean) ? clean : 'unnamed';
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

/** True for a value that a journal or a claim may have as its orchestrator. */
export function isOrchestrator(value: unknown): value is Orchestrator {
  if (!isMapping(value) || typeof value['name'] !== 'string') return false;
  if (!MACHINE_NAME.test(value['name'])) return false; // hints have it in command lines
  return !('machineId' in value) || typeof value['machineId'] === 'string';
}
