import prettyBytes from 'pretty-bytes';
import { SwarmError } from '../../core/error.ts';
import { toBytes } from '../../core/module-checks/checked-host.ts';
import { openProject } from '../../fleet/project/project.ts';
import type { BinhostStore } from '../../gentoo/binhost/binhost-store.ts';
import { checkBinhost } from '../../gentoo/binhost/check-binhost.ts';
import { collectGarbage } from '../../gentoo/binhost/collect-garbage.ts';
import { diskStore } from '../../gentoo/binhost/disk-store.ts';
import { listGenerations, rollBackIndex } from '../../gentoo/binhost/generations.ts';
import { readBinhostIndex } from '../../gentoo/binhost/index-file.ts';
import type { StoreRemote } from '../../gentoo/binhost/remote-store.ts';
import { serveBinhost } from '../../gentoo/binhost/serve-binhost.ts';
import { formatStartTime } from '../../report/text/relative-time.ts';
import { formatTextTable } from '../../report/text/table.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';
import type { BinhostCheckFlags, BinhostServeFlags } from './binhost-commands.ts';

interface OpenBinhost extends AsyncDisposable {
  readonly store: BinhostStore;
  /** As people write it: a folder, or HOST:FOLDER. */
  readonly path: string;
}

/** The binhost's disk: of this machine, or of a host of the inventory, over a connection that is proved like any. */
async function openBinhost(options: GlobalOptions): Promise<OpenBinhost> {
  const project = await openProject(options);
  const { binhost, hosts } = project.inventory;
  const host = hosts.find((each) => each.name === binhost.host);
  if (host === undefined) return { store: diskStore(binhost.path), path: binhost.path, async [Symbol.asyncDispose]() {} };
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
  return { store, path: store.label, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
}

const formatDate = (seconds: number): string =>
  seconds === 0 ? 'never' : formatStartTime(new Date(seconds * 1000).toISOString(), Date.now());

/** `swarm binhost status`: the packages that clients see, and the generations behind them. */
export async function binhostStatusCommand(options: GlobalOptions): Promise<number> {
  await using opened = await openBinhost(options);
  const { store, path } = opened;
  const { packages } = await readBinhostIndex(store);
  const generations = await listGenerations(store);
  const published = packages.map((stanza) => ({
    name: stanza.get('CPV') ?? '',
    status: 'published',
    path: stanza.get('PATH') ?? '',
    size: Number(stanza.get('SIZE') ?? 0),
    built: Number(stanza.get('BUILD_TIME') ?? 0),
  }));
  const size = published.reduce((sum, each) => sum + each.size, 0);
  const last = generations.at(-1);
  printResult(options, { path, packages: published, size, generations }, (look) => [
    ...formatTextTable(
      ['PACKAGE', 'SIZE', 'BUILT', 'FILE'],
      published.map((each) => [each.name, prettyBytes(each.size, { binary: true }), formatDate(each.built), each.path]),
      look,
    ),
    `${path}: ${published.length} packages, ${prettyBytes(size, { binary: true })}, generation ${last?.generation ?? 0} of ${formatDate(last?.timestamp ?? 0)}`,
  ]);
  return 0;
}

/** `swarm binhost check [--deep]`: exit 9 when a client could meet something broken. */
export async function binhostCheckCommand(options: BinhostCheckFlags): Promise<number> {
  await using opened = await openBinhost(options);
  const { store, path } = opened;
  const report = await checkBinhost(store, { deep: options.deep === true });
  const findings = report.findings.map((each) => ({
    name: each.path,
    status: each.harmful ? 'bad' : 'warn',
    kind: each.kind,
    message: each.text,
  }));
  printResult(options, { path, packages: report.packages, files: report.files, findings }, (look) => [
    ...formatTextTable(
      undefined,
      findings.map((each) => [each.status, each.name, each.message]),
      look,
    ),
    `${report.packages} packages in the index, ${report.files} files, ${findings.length} findings${options.deep ? ', every byte read' : ''}`,
  ]);
  return report.findings.some((each) => each.harmful) ? 9 : 0;
}

/** `swarm binhost rollback [GEN]`: the index before the last one, or a given one, becomes a new generation. */
export async function binhostRollbackCommand(generation: string | undefined, options: GlobalOptions): Promise<number> {
  if (generation !== undefined && !/^\d+$/.test(generation))
    throw new SwarmError('SW1202', `${generation} is not a generation`, { hint: 'List the generations: swarm binhost status -o json' });
  await using opened = await openBinhost(options);
  const result = await rollBackIndex(opened.store, generation === undefined ? undefined : Number(generation));
  printResult(options, { generations: [{ id: result.generation, status: 'current', from: result.from, to: result.to }] }, () => [
    `generation ${result.generation} shows again what generation ${result.to} did`,
  ]);
  return 0;
}

/** `swarm binhost gc`. */
export async function binhostGcCommand(options: GlobalOptions): Promise<number> {
  await using opened = await openBinhost(options);
  const result = await collectGarbage(opened.store);
  printResult(
    options,
    { removed: result.removed.map((name) => ({ name, status: 'removed' })), freed: result.freed, generations: result.generations },
    () => [
      ...result.removed.map((name) => `removed ${name}`),
      `${result.removed.length} files, ${prettyBytes(result.freed, { binary: true })}; ${result.generations.length} old generations`,
    ],
  );
  return 0;
}

/** `swarm binhost serve`: until Ctrl-C. */
export async function binhostServeCommand(options: BinhostServeFlags): Promise<number> {
  await using opened = await openBinhost(options);
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
