import { randomBytes } from 'node:crypto';
import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Change, Probe, Remote } from '../../core/module.ts';
import type { TreeVersion } from '../../core/tree/found-tree.ts';
import { findInitSystem, missingServiceError, readServiceState, wouldCutAccess } from '../services/service-state.ts';
import { buildVersion, freshName, nextName, nextNumber } from './build-version.ts';
import { type ComparedTree, compareHost } from './compare-host.ts';
import { findRollbacks, type Rollback } from './find-rollback.ts';
import { assertSwitchable, type HostTree, type HostVersion } from './host-tree.ts';
import type { PushArgs, PushReturns, ServiceArgs } from './push-args.ts';
import { busyError, findOpenSwitch, followSwitch, runSwitch, undoSwitch } from './switch/run-switch.ts';
import type { SwitchPlan, TreeSwitch } from './switch/switch-plan.ts';

/** Brings the trees to a host as new versions, and switches to them. */
export async function* pushTrees(probe: Probe, args: PushArgs): AsyncGenerator<Change, PushReturns, void> {
  assertApart(args);
  yield* endOpenSwitch(probe, args);
  return args.rollback === '' ? yield* pushNew(probe, args) : yield* rollBack(probe, args);
}

/** No tree lies in another one. */
function assertApart({ trees }: PushArgs): void {
  for (const [at, { dest }] of trees.entries()) {
    const other = trees.find((each, index) => index !== at && (each.dest === dest || each.dest.startsWith(`${dest}/`)));
    if (other === undefined) continue;
    throw new SwarmError('SW6012', `${other.dest} is in ${dest}, and both are trees of one push`, { hint: 'Push one tree that has both.' });
  }
}

/** A push that was cut short: of this run, it is followed to its end; of an earlier one, what nobody confirmed is put back. */
async function* endOpenSwitch(probe: Probe, args: PushArgs): AsyncGenerator<Change, void, void> {
  const open = await findOpenSwitch(probe);
  if (open === undefined) return;
  const mine = open.id.startsWith(`${switchPrefix(probe)}.`);
  if (open.alive && !mine) throw busyError(probe, open.id);
  yield {
    verb: 'update',
    subject: open.alive ? 'the switch of this run is followed to its end' : 'a push that was cut short is undone',
    apply: open.alive
      ? (remote) => followSwitch(remote, open.id, { confirmSeconds: args.confirm, longestMs: (args.confirm + 600) * 1000 })
      : (remote) => undoSwitch(remote, open.id, 'the push was cut short'),
  };
}

/** One word: run, task and host. */
const switchPrefix = ({ jobId }: Probe): string => jobId.replace(/\s/g, '_');

async function* pushNew(probe: Probe, args: PushArgs): AsyncGenerator<Change, PushReturns, void> {
  const compared = await Promise.all(args.trees.map((tree) => compareHost(probe, tree)));
  for (const tree of compared) emitFound(probe, tree);
  const token = randomBytes(4).toString('hex');
  const changing = compared.filter(({ differs }) => differs);
  if (changing.length > 0) {
    for (const { host, difference } of changing) assertSwitchable(host, difference.bytes);
    yield await createChange(probe, args, {
      subject: changing.map(describeTree).join('; '),
      before: joinPaths(changing.flatMap(({ deleted }) => deleted)),
      after: joinPaths(changing.flatMap(({ difference }) => difference.sent)),
      trees: changing.map((tree) => newSwitch(tree, freshName(tree, token), args.keep)),
      build: async (remote) => {
        for (const tree of changing) await buildVersion(remote, tree, freshName(tree, token), compared);
      },
    });
  }
  return { trees: compared.map(describeResult) };
}

/** As many paths as a person reads; the result has all of them. */
const SHOWN_PATHS = 100;

function emitFound(probe: Probe, { host, source, difference, deleted, drift, added }: ComparedTree): void {
  const { current, all } = host;
  const { commit, dirty } = source.commit;
  const origin = (id: string, made: { readonly commit?: string | undefined; readonly dirty?: boolean | undefined }) => ({
    id,
    ...(made.commit === undefined ? {} : { commit: made.commit }),
    ...(made.dirty === true ? { dirty: true } : {}),
  });
  const describe = ({ number, info }: HostVersion) =>
    info === undefined ? { number } : { number, at: info.at, run: info.run, ...origin(info.id, info) };
  const kept = all.filter((each) => each !== current).reverse();
  const version = current?.info === undefined ? undefined : { ...origin(current.info.id, current.info), ...describe(current) };
  probe.emit({
    ...{ type: 'tree.found', tree: host.dest, source: origin(source.id, { commit, dirty }) },
    ...(version === undefined ? {} : { version: version as TreeVersion }),
    ...(kept.length === 0 ? {} : { kept: kept.map(describe) }),
    send: difference.sent.slice(0, SHOWN_PATHS),
    remove: deleted.slice(0, SHOWN_PATHS),
    changedThere: drift.slice(0, SHOWN_PATHS),
    ...(added.length === 0 ? {} : { addedThere: added.slice(0, SHOWN_PATHS) }),
  });
}

async function* rollBack(probe: Probe, args: PushArgs): AsyncGenerator<Change, PushReturns, void> {
  const found = await findRollbacks(probe, args.trees, args.rollback);
  if (found.length > 0) {
    for (const { host } of found) assertSwitchable(host, -host.usedBytes);
    yield await createChange(probe, args, {
      subject: found.map(({ host, to }) => `${host.dest}: back to version ${to.number}`).join('; '),
      before: found.map(({ host }) => `${host.dest}: ${host.current?.name ?? 'no version'}\n`).join(''),
      after: found.map(({ host, to }) => `${host.dest}: ${to.name}\n`).join(''),
      trees: found.map(rollbackSwitch),
      build: async () => undefined,
    });
  }
  return { trees: found.map(describeRollback) };
}

interface PlannedChange {
  readonly subject: string;
  readonly before: string;
  readonly after: string;
  readonly trees: readonly TreeSwitch[];
  readonly build: (remote: Remote) => Promise<void>;
}

async function createChange(probe: Probe, args: PushArgs, { subject, before, after, trees, build }: PlannedChange): Promise<Change> {
  const restarts = await Promise.all(args.services.map((service) => findRestart(probe, service)));
  const disruptive = args.services.some((service) => typeof service === 'string' && wouldCutAccess(service, 'restart'));
  if (disruptive) await assertOpen(probe);
  const plan: SwitchPlan = { trees, restarts, checks: args.checks, confirmSeconds: args.confirm };
  return {
    verb: 'update',
    ...{ subject, before, after },
    ...(disruptive ? { disruptive } : {}),
    async apply(remote) {
      remote.emit({ type: 'task.progress', phase: 'sending' });
      await build(remote);
      await runSwitch(remote, `${switchPrefix(remote)}.${randomBytes(4).toString('hex')}`, plan);
    },
  };
}

/** The command that restarts a service. Throws SW6011 where the host has no such service. */
async function findRestart(probe: Probe, service: ServiceArgs): Promise<readonly string[]> {
  if (typeof service !== 'string') return service.command;
  const init = findInitSystem(probe, `Write how it is restarted: services: [ { command: [PROGRAM, restart] } ]`);
  const { known } = await readServiceState(probe, init, service, 'default');
  if (!known) throw missingServiceError(probe, service);
  return init === 'systemd' ? ['systemctl', 'restart', '--', service] : ['rc-service', service, 'restart'];
}

/** What cuts the way to a machine asks its owner. */
async function assertOpen(probe: Probe): Promise<void> {
  const { exit } = await probe.query({ argv: ['test', '-e', '/etc/swarm.protected'] });
  if (exit !== 0) return;
  throw new SwarmError('SW3002', 'the host refused: /etc/swarm.protected exists on it', {
    hint: `The owner of ${probe.host.name} protects it. To allow this, remove the file on the machine itself.`,
  });
}

function newSwitch(compared: ComparedTree, fresh: string, keep: number): TreeSwitch {
  const { host } = compared;
  const { dest, versions, current, all } = host;
  const next = nextName(compared);
  const old = current?.name ?? (host.kind === 'folder' ? `${nextNumber(host) - 1}-before` : '');
  const names = [...all.map(({ name }) => name), ...(host.kind === 'folder' ? [old] : []), next];
  const drop = names.slice(0, -keep).filter((name) => name !== old);
  return { dest, versions, old, next, fresh, drop: versionPaths(host, drop), discard: versionPaths(host, [next, fresh]) };
}

const versionPaths = ({ versions }: HostTree, names: readonly string[]): readonly string[] =>
  names.flatMap((name) => [`${versions}/${name}`, `${versions}/${name}.json`]);

const rollbackSwitch = ({ host, to }: Rollback): TreeSwitch => ({
  ...{ dest: host.dest, versions: host.versions, next: to.name, fresh: '', drop: [], discard: [] },
  old: host.current?.name ?? '',
});

const joinPaths = (paths: readonly string[]): string => paths.map((path) => `${path}\n`).join('');

function describeTree({ host, difference, deleted, drift }: ComparedTree): string {
  const count = (paths: readonly string[], word: string): readonly string[] => (paths.length === 0 ? [] : [`${paths.length} ${word}`]);
  const parts = [...count(difference.sent, 'sent'), ...count(deleted, 'removed'), ...count(drift, 'changed on the host')];
  return `${host.dest}: version ${nextNumber(host)}${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`;
}

function describeResult({ host, difference, deleted, drift, added, source, differs }: ComparedTree): PushReturns['trees'][number] {
  const { sent, bytes } = difference;
  const before = host.current?.number ?? null;
  const commit = (differs ? source.commit.commit : host.current?.info?.commit) ?? null;
  return {
    ...{ dest: host.dest, before, version: differs ? nextNumber(host) : before, commit },
    ...{ sent: [...sent], deleted: [...deleted], bytes, changed_there: [...drift], added_there: [...added] },
  };
}

const describeRollback = ({ host, to }: Rollback): PushReturns['trees'][number] => ({
  ...{ dest: host.dest, before: host.current?.number ?? null, version: to.number, commit: to.info?.commit ?? null },
  ...{ sent: [], deleted: [], bytes: 0, changed_there: [], added_there: [] },
});
