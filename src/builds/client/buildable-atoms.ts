import { z } from 'zod';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { readProgram } from '../../core/program/package-root.ts';
import { isRequestAtom } from '../../gentoo/atom/request-atom.ts';
import { parseJsonOutput } from '../../gentoo/plan/dependency-graph.ts';
import { makePythonCommand } from '../python-program.ts';
import { reachHost } from '../reach-host.ts';
import { runInRoot } from '../root/run-in-root.ts';
import { type TargetConfig, targetVariable } from '../target/target-folder.ts';
import type { ClientWish } from './client-wishes.ts';

const answerSchema = z.record(z.string(), z.string().nullable());

/** The atoms of these wishes that a target can build, by the Portage of one of its drones. The others are reported with the reason,
 *  so that one client's wish does not stop the plan of all. */
export async function selectBuildable(
  probe: Probe,
  wishes: readonly ClientWish[],
  { drone, config, root }: { readonly drone: HostName; readonly config: TargetConfig | null } & { readonly root: Target['root'] },
): Promise<readonly string[]> {
  if (wishes.length === 0) return [];
  const atoms = [...new Set(wishes.map(({ atom }) => atom))].filter(isRequestAtom); // what a client says may be an option of emerge
  const program = [
    targetVariable(config),
    readProgram('src/builds/target/target-config.py'),
    'use_target(TARGET)',
    readProgram('src/builds/client/visible-atoms.py'),
  ];
  const command = runInRoot(root, config, 'ask', makePythonCommand(program, atoms, 10 * 60_000));
  const { stdout } = await (await reachHost(probe, drone)).query(command);
  // without an answer every atom stays: the plan itself then reports what is wrong
  const answers = answerSchema.catch({}).parse(parseJsonOutput(stdout));
  const whyNot = (atom: string): string | null | undefined => (atoms.includes(atom) ? answers[atom] : 'it is not a package atom');
  const refused = wishes.filter(({ atom }) => typeof whyNot(atom) === 'string');
  const lines = refused.map(({ client, atom }) => `${client} wants ${atom}, which is not built: ${whyNot(atom)}`);
  if (lines.length > 0) probe.emit({ type: 'task.output', stream: 'stderr', lines });
  return wishes.filter((wish) => !refused.includes(wish)).map(({ atom }) => atom);
}
