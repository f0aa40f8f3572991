import { answerWhy, type PackageOrigin, type WhyAnswer } from '../../builds/client/answer-why.ts';
import { selectClients } from '../../builds/client/client-wishes.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { requireTarget } from '../../core/unknown-name.ts';
import { openReadingProbe } from '../../fleet/connection/reading-probe.ts';
import { openProject } from '../../fleet/project/project.ts';
import { parseAtom } from '../../gentoo/atom/atom.ts';
import { displayText } from '../../report/text/display-text.ts';
import { printResult } from '../output.ts';
import { watchSignals } from '../run/interrupt-signals.ts';
import type { WhyFlags } from './why-command.ts';

/** `swarm why ATOM`: exit 4 where a host that was asked does not answer. */
export async function whyCommand(atom: string, options: WhyFlags): Promise<number> {
  const name = readName(atom);
  const project = await openProject(options);
  const targets = selectTargets(project.inventory, options);
  const stop = new AbortController();
  watchSignals(stop);
  await using reading = openReadingProbe(project, stop.signal);
  const answers: WhyAnswer[] = [];
  let unreachable = false;
  for (const target of targets) {
    const findOrigin = (path: string) => readOrigin(reading.probe, target, path);
    const client = options.for === undefined ? {} : { client: options.for as HostName };
    const found = await answerWhy(reading.probe, { atom, name, target, ...client, findOrigin });
    answers.push(...found.answers);
    unreachable ||= found.failed.length > 0;
  }
  printResult(options, { atom, answers }, () => answers.flatMap(formatAnswer));
  return unreachable ? 4 : 0;
}

const formatAnswer = ({ question, answer, because }: WhyAnswer) => [displayText`${question} ${answer}`, displayText`  ${because}`];

/** Category and name. Throws SW1201 for what is not one package. */
function readName(text: string): string {
  const atom = parseAtom(text);
  if (atom.kind !== 'set' && atom.blocks === undefined) return `${atom.category}/${atom.name}`;
  throw new SwarmError('SW1201', `${text} is not one package`, { hint: 'Name one package: swarm why CATEGORY/NAME' });
}

/** The target that is named, or that of the client, or all. Throws SW1203. */
function selectTargets({ targets }: Inventory, options: WhyFlags): readonly Target[] {
  const named = options.target === undefined ? targets : [requireTarget(targets, options.target)];
  return options.for === undefined ? named : [...selectClients(named, [options.for]).keys()];
}

/** What swarm stored about a published file: provenance. */
async function readOrigin(probe: Probe, { binhost }: Target, path: string): Promise<PackageOrigin | undefined> {
  const reader = binhost.host === undefined ? probe : await probe.onHost(binhost.host);
  const bytes = await reader.read(`${binhost.path}/.swarm/provenance/${path}.json`);
  if (bytes === undefined) return undefined;
  const { host, run } = JSON.parse(new TextDecoder().decode(bytes)) as PackageOrigin;
  return { host, run };
}
