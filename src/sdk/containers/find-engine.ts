import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript } from '../host-script.ts';

/** What a text of `sh` that calls `find_engine` prints. That sets `engine`, where it is empty, to docker or podman, whichever the host has. */
export function queryEngine(probe: Probe, script: string, words: readonly string[], subject: string): Promise<string> {
  const program = `${readProgram('src/sdk/containers/find-engine.sh')}${script}`;
  return queryScript(probe, program, words, subject, undefined, (text) => ({
    text,
    hint: /Is the docker daemon running/i.test(text)
      ? 'Start it in a task before. Write: service: { name: docker, state: started }'
      : undefined,
  }));
}
