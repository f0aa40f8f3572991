import { SwarmError } from '../../core/error/swarm-error.ts';
import type { Target } from '../../core/inventory/target.ts';
import { toBytes } from '../../core/module-checks/checked-host.ts';
import { requireTarget } from '../../core/unknown-name.ts';
import type { BinhostStore } from '../../gentoo/binhost/store/binhost-store.ts';
import { diskStore } from '../../gentoo/binhost/store/disk-store.ts';
import type { StoreRemote } from '../../gentoo/binhost/store/remote-store.ts';
import type { Project } from '../project/project.ts';

/** A binhost that commands work on. */
export interface OpenBinhost extends AsyncDisposable {
  /** Names of the targets that have it. */
  readonly targets: readonly string[];
  readonly store: BinhostStore;
  /** As people write it: a folder, or HOST:FOLDER. */
  readonly path: string;
}

/** The targets that share one binhost. */
export type BinhostTargets = readonly [Target, ...Target[]];

/** Calls `use` with the binhost of the named target, or with each binhost in turn. Throws SW1203. */
export async function withBinhosts<T>(
  project: Project,
  target: string | undefined,
  use: (binhost: OpenBinhost) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (const targets of selectBinhosts(project, target)) {
    await using opened = await openBinhost(project, targets);
    results.push(await use(opened));
  }
  return results;
}

/** Opens the only binhost, or that of the target that is named. Throws SW1202 where there are several and none is named; `command` is
 *  for its hint. */
export async function openOneBinhost(project: Project, target: string | undefined, command: string): Promise<OpenBinhost> {
  const [first, ...others] = selectBinhosts(project, target);
  if (first !== undefined && others.length === 0) return openBinhost(project, first);
  const names = project.inventory.targets.map(({ name }) => name);
  throw new SwarmError('SW1202', `the targets have ${others.length + 1} binhosts: name one`, {
    hint: `Add --target ${names.join(' or --target ')}: ${command} --target ${names[0]}`,
  });
}

/** The targets, those that share a binhost together. Throws SW1203 for an unknown name. */
export function selectBinhosts({ inventory: { targets } }: Project, name: string | undefined): readonly BinhostTargets[] {
  const chosen = name === undefined ? targets : [requireTarget(targets, name)];
  const byAddress = new Map<string, BinhostTargets>();
  for (const target of chosen) {
    const address = `${target.binhost.host ?? ''}:${target.binhost.path}`;
    const same = byAddress.get(address);
    byAddress.set(address, same === undefined ? [target] : [...same, target]);
  }
  return [...byAddress.values()];
}

/** The binhost's disk: of this machine, or of a host of the inventory, over a connection that is proved like any. */
async function openBinhost(project: Project, [target, ...others]: BinhostTargets): Promise<OpenBinhost> {
  const targets = [target.name, ...others.map(({ name }) => name)];
  const { binhost } = target;
  const host = project.inventory.hosts.find((each) => each.name === binhost.host);
  if (host === undefined) return { targets, store: diskStore(binhost.path), path: binhost.path, async [Symbol.asyncDispose]() {} };
  const [{ createConnector }, { remoteStore }] = await Promise.all([
    import('../connection/connectors.ts'),
    import('../../gentoo/binhost/store/remote-store.ts'),
  ]);
  const { signal } = new AbortController();
  const connection = await createConnector(project, () => {})(host, signal);
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
