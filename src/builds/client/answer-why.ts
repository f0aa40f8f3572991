import { nameHost } from '../../core/error/complete-hint.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Target } from '../../core/inventory/target.ts';
import { formatTargetOption } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { isVersionOf } from '../../gentoo/atom/cpv.ts';
import { heldStanza, toHeldFile } from '../../gentoo/binhost/held-packages.ts';
import type { PackageMove } from '../../gentoo/binhost/package-moves.ts';
import type { Stanza } from '../../gentoo/binhost/packages-index.ts';
import { readDroneIndex } from '../binhost-access.ts';
import type { QueuedPackage } from '../plan/plan-item.ts';
import { planTarget } from '../plan/plan-target.ts';
import { droneErrors } from '../target/examine-drones.ts';
import { readClientNeeds } from './client-needs.ts';
import { explainClient } from './explain-client.ts';
import { explainHeld, explainMoves } from './explain-index.ts';
import type { PastFailure } from './explain-missing.ts';
import { listPastFailures } from './past-failures.ts';
import { findUnrunnable } from './unrunnable-packages.ts';
import type { WhyAnswer } from './why-answer.ts';

/** Where a published package comes from. */
export interface PackageOrigin {
  readonly host: string;
  readonly run: string;
}

/** What is asked about one target. */
export interface WhyQuestion {
  readonly atom: string;
  /** Category and name. */
  readonly name: string;
  readonly target: Target;
  /** A run builds it already. */
  readonly isOpen?: boolean;
  readonly client?: HostName;
  /** The record of a published file. */
  findOrigin(path: string): Promise<PackageOrigin | undefined>;
}

/** All answers for one target. What a host cannot answer is an answer too: `unknown`, with its error; `failed` has the errors. */
export async function answerWhy(
  probe: Probe,
  question: WhyQuestion,
): Promise<{ readonly answers: readonly WhyAnswer[]; readonly failed: readonly SwarmError[] }> {
  const { target, name, client, isOpen = false } = question;
  const failed: SwarmError[] = [];
  const attempt = async (asked: string, work: () => Promise<readonly WhyAnswer[]>): Promise<readonly WhyAnswer[]> => {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof SwarmError) || probe.signal.aborted) throw thrown;
      const drones = droneErrors(thrown);
      const silent = [thrown, ...drones].filter(gaveNoAnswer);
      failed.push(...silent);
      const known = drones.length > 0 ? silent.length === 0 : /^SW60(0\d|1[0-46-8])$/.test(thrown.code) && thrown.code !== 'SW6011';
      return [
        { question: asked, answer: known ? 'no' : 'unknown', because: explainError(thrown, target.hosts[0]) },
        ...drones.map(explainDrone),
      ];
    }
  };
  const { published: text, index, held, moves: known } = await readDroneIndex(probe, target.binhost);
  const failures = listPastFailures(probe.paths.project, target.name).filter(({ cpv }) => isVersionOf(cpv, name));
  const published = index.packages.filter((stanza) => isVersionOf(stanza.get('CPV') ?? '', name));
  const waiting = held.map(heldStanza).filter((stanza) => isVersionOf(stanza.get('CPV') ?? '', name));
  let moves: readonly PackageMove[] = known;
  const planned = attempt(`Would ${target.name} build it?`, async () => {
    const { items, fitting, unfit, moved } = await planTarget(probe, target, {
      ...{ atoms: [question.atom], requested: [question.atom], drones: [], exclude: [], options: ['--usepkg', '--getbinpkg'] },
    });
    moves = moved.moves;
    const left = unfit.map(({ host, because }) => `${host} does not fit: ${because}`);
    return explainPlan({ target, name, isOpen, items, fitting, left, published: [...published, ...waiting] });
  });
  const asked =
    client === undefined
      ? []
      : attempt(`Does ${client} take it?`, async () => {
          const needs = await readClientNeeds(await probe.onHost(client), text, [question.atom]);
          const unrunnable = await findUnrunnable(probe, { client, binhost: target.binhost, index, needs });
          const refused = unrunnable.find(({ cpv }) => isVersionOf(cpv, name));
          if (refused !== undefined)
            return [{ question: `Does ${client} take it?`, answer: `no: ${refused.cpv} would not start there`, because: refused.because }];
          return [explainClient(client, name, needs, { failures, held: held.map(toHeldFile), moves: known })];
        });
  const built = await explainPublished(question, [...published, ...waiting], failures);
  const plan = await planned;
  const renamed = explainMoves({ target, name }, index, moves);
  return { answers: [...plan, ...built, ...renamed, ...explainHeld({ target, name }, { index, held, moves }), ...(await asked)], failed };
}

/** True for a host that could not be asked: it is down, or it is refused. */
const gaveNoAnswer = ({ code }: SwarmError): boolean => errorKind(code).outcome !== 'failed' || code.startsWith('SW2') || code === 'SW6016';

/** What happened and what to do, on one line. */
const explainError = ({ message, hint }: SwarmError, drone: string | undefined): string =>
  hint === undefined ? message : `${message}. ${drone === undefined ? hint : nameHost(hint, drone)}`;

/** Why one drone does not build for its target. `detail` of a host that gave no answer has every route that was tried; else it is what a
 *  program printed, which a sentence does not hold. */
export const explainDrone = (error: SwarmError): WhyAnswer => ({
  question: `Can ${error.host} build it?`,
  answer: gaveNoAnswer(error) ? 'unknown' : 'no',
  because:
    [error.message, ...(gaveNoAnswer(error) ? (error.detail?.split('\n') ?? []) : [])].join('; ') +
    (error.hint === undefined ? '' : `. ${error.hint}`),
});

/** Would it be built, where, after what, and what differs from what is published. */
export function explainPlan(plan: {
  readonly target: Target;
  readonly name: string;
  readonly isOpen?: boolean;
  readonly items: readonly QueuedPackage[];
  readonly fitting: readonly HostName[];
  readonly left: readonly string[];
  readonly published: readonly Stanza[];
}): readonly WhyAnswer[] {
  const { target, name, isOpen = false, items, fitting, left, published } = plan;
  const would = `Would ${target.name} build it?`;
  const item = items.find(({ cpv }) => isVersionOf(cpv, name));
  if (item === undefined) {
    const has = published.at(-1)?.get('CPV');
    const because = has === undefined ? 'the plan has no package of that name to build' : `the binhost has ${has} as the target wants it`;
    return [{ question: would, answer: 'no', because: items.length === 0 ? because : `${because}; it would build ${listCpvs(items)}` }];
  }
  if (item.restrict.includes('bindist')) {
    const because = `${item.cpv} has RESTRICT=bindist: its licence forbids that it is published. Build it on each client`;
    return [{ question: would, answer: 'no', because }];
  }
  const needs = item.needs.map((id) => id.split(':').at(-1) ?? id);
  const same = published.filter((stanza) => stanza.get('CPV') === item.cpv).at(-1);
  return [
    {
      question: would,
      answer: `yes: ${item.cpv}`,
      because: `${item.reason}: ${item.because}${isOpen ? '' : `. To build it, run: swarm run build ${name}${formatTargetOption(target.name)}`}`,
    },
    { question: 'Where?', answer: fitting.join(', '), because: left.length === 0 ? 'every drone of the target fits' : left.join('; ') },
    {
      question: 'After what?',
      answer: needs.length === 0 ? 'nothing' : needs.join(', '),
      because: needs.length === 0 ? 'what it is built with is there' : 'it is built with these, and they are not published yet',
    },
    ...(same === undefined ? [] : [explainDifference(item, same)]),
  ];
}

const listCpvs = (items: readonly QueuedPackage[]): string => items.map(({ cpv }) => cpv).join(', ');

function explainDifference(item: QueuedPackage, stanza: Stanza): WhyAnswer {
  const use = (stanza.get('USE') ?? '').split(' ').filter((flag) => item.iuse.includes(flag));
  const flags = [
    ...item.use.filter((flag) => !use.includes(flag)).map((flag) => `+${flag}`),
    ...use.filter((flag) => !item.use.includes(flag)).map((flag) => `-${flag}`),
  ];
  const slot = stanza.get('SLOT') ?? '0';
  const has = slot.includes('/') ? slot : `${slot}/${slot}`;
  const planned = `${item.slot}/${item.subSlot}`;
  const differences = [
    ...(flags.length > 0 ? [`USE: ${flags.join(' ')}`] : []),
    ...(has === planned ? [] : [`SLOT: ${has}, now ${planned}`]),
  ];
  return { question: 'What differs?', answer: differences.join('; ') || 'what it was built against', because: item.because };
}

async function explainPublished(
  { target, findOrigin }: WhyQuestion,
  published: readonly Stanza[],
  failures: readonly PastFailure[],
): Promise<readonly WhyAnswer[]> {
  const question = `Was it built for ${target.name}?`;
  const answers = await Promise.all(
    published.map(async (stanza): Promise<WhyAnswer> => {
      const origin = await findOrigin(stanza.get('PATH') ?? '');
      const from = origin === undefined ? 'no record of swarm names its origin' : `built on ${origin.host} in run ${origin.run}`;
      const because = `${from}, USE="${stanza.get('USE') ?? ''}", slot ${stanza.get('SLOT') ?? '0'}`;
      return { question, answer: `yes: ${stanza.get('CPV')}`, because };
    }),
  );
  const [last] = failures;
  if (answers.length > 0) return answers;
  const because =
    last === undefined
      ? 'the binhost has no version of it'
      : `its build failed in run ${last.run}: ${last.message}. To see more, run: swarm runs show ${last.run}`;
  return [{ question, answer: 'no', because }];
}
