import type { Change, Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { runOrThrow } from '../run-or-throw.ts';
import { queryEngine } from './find-engine.ts';

interface WantedObject {
  readonly name: string;
  readonly state: 'present' | 'absent';
  readonly engine?: string | undefined;
}

/** Yields the change that makes or removes a network or a volume of docker or podman. `options`: those of `create`. One that is there stays as
 *  it is. */
export async function* engineObjectChanges(
  probe: Probe,
  kind: 'network' | 'volume',
  { name, state, engine }: WantedObject,
  options: readonly string[],
): AsyncGenerator<Change, void, void> {
  const subject = `${kind} ${name}`;
  const answer = await queryEngine(probe, readProgram('src/sdk/containers/find-engine-object.sh'), [engine ?? '', kind, name], subject);
  const [program = '', found] = answer.split('\n');
  const change = (verb: 'create' | 'delete', ...words: readonly string[]): Change => ({
    ...{ verb, subject },
    apply: async (remote) => void (await runOrThrow(remote, [program, kind, ...words, name], subject)),
  });
  if (found === 'there' && state === 'absent') yield change('delete', 'rm');
  if (found !== 'there' && state === 'present') yield change('create', 'create', ...options);
}
