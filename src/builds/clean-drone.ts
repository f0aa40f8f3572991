import type { Command } from '../core/connection.ts';
import { readProgram } from '../core/program/package-root.ts';
import { makePortageCommand } from './emerge-job.ts';

const LIMIT_MS = 10 * 60_000;

/** Something that builds of swarm left on a host. */
export interface DroneRemain {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
}

/** Lists or removes what builds left on a host; of the packages, those of the project with this key. */
export const cleanDroneCommand = (action: 'list' | 'remove', project: string): Command => ({
  ...makePortageCommand(readProgram('src/builds/clean-drone.sh'), action, project),
  timeoutMs: LIMIT_MS,
});

/** What the command printed: KIB PATH, a line each. */
export function parseRemains(text: string): readonly DroneRemain[] {
  return text.split('\n').flatMap((line) => {
    const [, kib, path] = /^(\d+) (\/.*)$/.exec(line) ?? [];
    return path === undefined ? [] : [{ path, size: Number(kib) * 1024 }];
  });
}
