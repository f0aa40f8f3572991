import type { Command } from '../../core/connection.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { TargetRoot } from '../../core/inventory/target.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { encodeTarget, type TargetConfig } from '../target/target-folder.ts';

/** What a command does in a root: a build writes to it, a question needs only to read. */
export type RootUse = 'build' | 'ask';

/** Exit status of enter-root.py where the root cannot be used. */
export const ROOT_REFUSED = 78;

/** The same command inside of the clean root of a target; as it is for a target without one. */
export function runInRoot(root: TargetRoot | undefined, config: TargetConfig | null, use: RootUse, command: Command): Command {
  if (root === undefined) return command;
  const program = ['target/target-config', 'root/make-root', 'root/mount-root', 'root/enter-root'].map((name) =>
    readProgram(`src/builds/${name}.py`),
  );
  const settings = JSON.stringify({ root: root.path, from: root.from, use });
  return { ...command, argv: ['python3', '-c', program.join('\n'), settings, encodeTarget(config), ...command.argv] };
}

/** Why the root of a drone cannot be used, and what to do, as enter-root.py printed it. */
export function rootError(lines: readonly string[]): SwarmError {
  const find = (start: string): string | undefined => lines.findLast((line) => line.startsWith(start))?.slice(start.length);
  return new SwarmError('SW6023', find('>>> swarm: root: ') ?? 'the clean root cannot be used', {
    hint: find('>>> swarm: fix: ') ?? 'To see what the drone printed, run: swarm runs logs last',
    detail: lines.slice(-10).join('\n'),
  });
}
