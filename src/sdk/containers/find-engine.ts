import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { queryScript } from '../host-script.ts';

/** What a text of `sh` that calls `find_engine` prints. That sets `engine`, where it is empty, to docker or podman, whichever the host has. */
export const queryEngine = (probe: Probe, script: string, words: readonly string[], subject: string): Promise<string> =>
  queryScript(probe, `${readProgram('src/sdk/containers/find-engine.sh')}${script}`, words, subject);
