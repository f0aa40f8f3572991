import prettyBytes from 'pretty-bytes';
import { SwarmError } from '../../core/error.ts';
import type { Target } from '../../core/host.ts';
import { toBytes } from '../../core/module-checks/checked-host.ts';
import { requireTarget } from '../../core/unknown-name.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import type { BinhostStore } from '../../gentoo/binhost/binhost-store.ts';
import { checkBinhost } from '../../gentoo/binhost/check-binhost.ts';
import { collectGarbage } from '../../gentoo/binhost/collect-garbage.ts';
import { diskStore } from '../../gentoo/binhost/disk-store.ts';
import { listGenerations, rollBackIndex } from '../../gentoo/binhost/generations.ts';
import type { HeldFile } from '../../gentoo/binhost/held-packages.ts';
import { readBinhostIndex } from '../../gentoo/binhost/index-file.ts';
import type { StoreRemote } from '../../gentoo/binhost/remote-store.ts';
import { serveBinhost } from '../../gentoo/binhost/serve-binhost.ts';
import { formatStartTime } from '../../report/text/relative-time.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';
import { printResult } from '../output.ts';
import type { BinhostCheckFlags, BinhostFlags, BinhostServeFlags } from './binhost-commands.ts';

interface OpenBinhost extends AsyncDisposable {
  /** Names of the targets that have it. */
  readonly targets: readonly string[];
  readonly store: BinhostStore;
  /** As people write it: a folder, or HOST:FOLDER. */
  readonly path: string;
}

/** Does the same with the binhost of the target that is named, else with each one, one after the other. */
async function withBinhosts<T>(options: BinhostFlags, use: (binhost: OpenBinhost) => Promise<T>): Promise<readonly T[]> {
  const project = await openProject(options);
  const results: T[] = [];
  for (const targets of selectBinhosts(project, options.target)) {
    await using opened = await openBinhost(project, targets);
    results.push(await use(opened));
  }
  return results;
}

/** For what is done to one binhost only. Throws SW1202 where there are several and none is named. */
async function openOneBinhost(options: BinhostFlags, command: string): Promise<OpenBinhost> {
  const project = await openProject(options);
  const [first, ...others] = selectBinhosts(project, options.target);
  if (first !== undefined && others.length === 0) return openBinhost(project, first);
  const names = project.inventory.targets.map(({ name }) => name);
  throw new SwarmError('SW1202', `the targets have ${others.length + 1} binhosts: name one`, {
    hint: `Add --target ${names.join(' or --target ')}: ${command} --target ${names[0]}`,
  });
}

/** The targets, those that share a binhost together. Throws SW1203 for an unknown name. */
function selectBinhosts({ inventory: { targets } }: Project, name: string | undefined): readonly (readonly [Target, ...Target[]])[] {
  const chosen = name === undefined ? targets : [requireTarget(targets, name)];
  const byPlace = new Map<string, readonly [Target, ...Target[]]>();
  for (const target of chosen) {
    const place = `${target.binhost.host ?? ''}:${target.binhost.path}`;
    const same = byPlace.get(place);
    byPlace.set(place, same === undefined ? [target] : [...same, target]);
  }
  return [...byPlace.values()];
}

/** The binhost's disk: of this machine, or of a host of the inventory, over a connection that is proved like any. */
async function openBinhost(project: Project, [target, ...others]: readonly [Target, ...Target[]]): Promise<OpenBinhost> {
  const targets = [target.name, ...others.map(({ name }) => name)];
  const { binhost } = target;
  const host = project.inventory.hosts.find((each) => each.name === binhost.host);
  if (host === undefined) return { targets, store: diskStore(binhost.path), path: binhost.path, async [Symbol.asyncDispose]() {} };
  const [{ createConnector: connector }, { remoteStore }] = await Promise.all([
    import('../../fleet/connection/connectors.ts'),
    import('../../gentoo/binhost/remote-store.ts'),
  ]);
  const { signal } = new AbortController();
  const connection = await connector(project, () => {})(host, signal);
  const shell = connection.withBecome(host.login.become);
  const remote: StoreRemote = {
    host,
    exec: (command) => shell.exec(command, signal),
    read: (path) => shell.read(path, signal),
    write: (path, content, meta) => shell.write(path, toBytes(content, 'content'), meta ?? {}, signal),
    open: (command) => shell.open(command, signal),
  };
  const store = remoteStore(remote, binhost.path);
  return { targets, store, path: store.label, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
}

const formatDate = (seconds: number): string =>
  seconds === 0 ? 'never' : formatStartTime(new Date(seconds * 1000).toISOString(), Date.now());

/** `swarm binhost status`: the packages that clients see, and the generations behind them. */
export async function binhostStatusCommand(options: BinhostFlags): Promise<number> {
  const binhosts = await withBinhosts(options, async ({ targets, store, path }) => {
    const { packages } = await readBinhostIndex(store);
    const published = packages.map((stanza) => ({
      name: stanza.get('CPV') ?? '',
      status: 'published',
      path: stanza.get('PATH') ?? '',
      size: Number(stanza.get('SIZE') ?? 0),
      built: Number(stanza.get('BUILD_TIME') ?? 0),
    }));
    const size = published.reduce((sum, each) => sum + each.size, 0);
    return { path, targets, packages: published, size, generations: await listGenerations(store) };
  });
  const document = {
    packages: binhosts.flatMap(({ packages, targets }) => packages.map((each) => ({ ...each, targets }))),
    size: binhosts.reduce((sum, { size }) => sum + size, 0),
    binhosts,
  };
  printResult(options, singleOr(binhosts, document), (look) => binhosts.flatMap((binhost) => formatBinhost(binhost, look)));
  return 0;
}

/** The document of the one binhost, where there is one; else that of all together. */
const singleOr = (binhosts: readonly object[], all: object): object => (binhosts.length === 1 ? (binhosts[0] ?? all) : all);

function formatBinhost(
  {
    path,
    targets,
    packages,
    size,
    generations,
  }: {
    readonly path: string;
    readonly targets: readonly string[];
    readonly packages: readonly { readonly name: string; readonly path: string; readonly size: number; readonly built: number }[];
    readonly size: number;
    readonly generations: Awaited<ReturnType<typeof listGenerations>>;
  },
  style: TerminalStyle,
): readonly string[] {
  const last = generations.at(-1);
  return [
    ...formatTextTable(
      ['PACKAGE', 'SIZE', 'BUILT', 'FILE'],
      packages.map((each) => [each.name, prettyBytes(each.size, { binary: true }), formatDate(each.built), each.path]),
      style,
    ),
    `${path}${formatTargets(targets)}: ${packages.length} packages, ${prettyBytes(size, { binary: true })}, generation ${last?.generation ?? 0} of ${formatDate(last?.timestamp ?? 0)}`,
  ];
}

/** ` (desktop, server)`; nothing where the inventory names no targets. */
const formatTargets = (targets: readonly string[]): string =>
  targets.length === 1 && targets[0] === 'default' ? '' : ` (${targets.join(', ')})`;

/** `swarm binhost check [--deep]`: exit 9 when a client could meet something broken. */
export async function binhostCheckCommand(options: BinhostCheckFlags): Promise<number> {
  const binhosts = await withBinhosts(options, async ({ targets, store, path }) => {
    const report = await checkBinhost(store, { deep: options.deep === true });
    const findings = report.findings.map(({ path: name, harmful, kind, text }) => ({
      ...{ name, status: harmful ? 'bad' : 'warn' },
      ...{ kind, message: text },
    }));
    return { path, targets, packages: report.packages, files: report.files, findings };
  });
  const sum = (field: 'packages' | 'files'): number => binhosts.reduce((total, each) => total + each[field], 0);
  const findings = binhosts.flatMap((each) => each.findings.map((finding) => ({ ...finding, targets: each.targets })));
  printResult(options, singleOr(binhosts, { packages: sum('packages'), files: sum('files'), findings, binhosts }), (look) =>
    binhosts.flatMap((each) => [
      ...formatTextTable(
        undefined,
        each.findings.map(({ status, name, message }) => [status, name, message]),
        look,
      ),
      `${binhosts.length === 1 ? '' : `${each.path}${formatTargets(each.targets)}: `}${each.packages} packages in the index, ${each.files} files, ${each.findings.length} findings${options.deep ? ', every byte read' : ''}`,
    ]),
  );
  return findings.some(({ status }) => status === 'bad') ? 9 : 0;
}

/** `swarm binhost rollback [GEN]`: the index before the last one, or a given one, becomes a new generation. */
export async function binhostRollbackCommand(generation: string | undefined, options: BinhostFlags): Promise<number> {
  if (generation !== undefined && !/^\d+$/.test(generation))
    throw new SwarmError('SW1202', `${generation} is not a generation`, { hint: 'List the generations: swarm binhost status -o json' });
  await using opened = await openOneBinhost(options, 'swarm binhost rollback');
  const result = await rollBackIndex(opened.store, generation === undefined ? undefined : Number(generation));
  const held = result.held.map(toHeldRow);
  printResult(options, { generations: [{ id: result.generation, status: 'current', from: result.from, to: result.to }], held }, () => [
    ...held.map(formatHeld),
    `generation ${result.generation} shows again what generation ${result.to} did`,
  ]);
  return 0;
}

const toHeldRow = ({ cpv, path, needs }: HeldFile) => ({ name: cpv, status: 'held', path, needs });

const formatHeld = ({ name, needs }: ReturnType<typeof toHeldRow>): string =>
  `held back ${name}: clients cannot install it, it needs ${needs.join(', ')}`;

/** `swarm binhost gc`. */
export async function binhostGcCommand(options: BinhostFlags): Promise<number> {
  const binhosts = await withBinhosts(options, async ({ targets, path, store }) => {
    const { removed, freed, generations, released, held } = await collectGarbage(store);
    return {
      ...{ path, targets, removed: removed.map((name) => ({ name, status: 'removed' })), freed, generations },
      ...{ released: released.map(({ cpv: name, path: file }) => ({ name, status: 'published', path: file })), held: held.map(toHeldRow) },
    };
  });
  const document = {
    removed: binhosts.flatMap(({ removed, targets }) => removed.map((each) => ({ ...each, targets }))),
    freed: binhosts.reduce((sum, { freed }) => sum + freed, 0),
    released: binhosts.flatMap(({ released, targets }) => released.map((each) => ({ ...each, targets }))),
    held: binhosts.flatMap(({ held, targets }) => held.map((each) => ({ ...each, targets }))),
    binhosts,
  };
  printResult(options, singleOr(binhosts, document), () =>
    binhosts.flatMap(({ path, targets, removed, freed, generations, released, held }) => [
      ...removed.map(({ name }) => `removed ${name}`),
      ...released.map(({ name }) => `published ${name}, which was held back`),
      ...held.map(formatHeld),
      `${binhosts.length === 1 ? '' : `${path}${formatTargets(targets)}: `}${removed.length} files, ${prettyBytes(freed, { binary: true })}; ${generations.length} old generations`,
    ]),
  );
  return 0;
}

/** `swarm binhost serve`: until Ctrl-C. */
export async function binhostServeCommand(options: BinhostServeFlags): Promise<number> {
  await using opened = await openOneBinhost(options, 'swarm binhost serve');
  const { store, path } = opened;
  const port = Number(options.port ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new SwarmError('SW1202', `--port ${options.port} is not a port`, {});
  const address = options.address ?? '127.0.0.1';
  await using server = await serveBinhost(store, { address, port });
  process.stdout.write(`${path} at http://${address.includes(':') ? `[${address}]` : address}:${server.port}\n`);
  await new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  return 0;
}
