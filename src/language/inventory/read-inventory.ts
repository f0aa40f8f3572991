import type { SwarmError } from '../../core/error/swarm-error.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Inventory } from '../../core/inventory/inventory.ts';
import { findDefaultKeys } from '../../core/program/default-keys.ts';
import { parseMilliseconds } from '../schema/parse-units.ts';
import { throwIfProblems } from '../schema/throw-problems.ts';
import { createJumpHostFinder } from './ansible/find-jump-host.ts';
import { applyProtection } from './apply-protection.ts';
import { checkHiddenNames } from './checks/check-hidden-names.ts';
import { checkHostKeys } from './checks/check-host-keys.ts';
import { checkNamedGroups } from './checks/check-named-groups.ts';
import { checkNearGroups } from './checks/check-near-groups.ts';
import { checkRoutes } from './checks/check-routes.ts';
import { listLocalFiles } from './checks/list-local-files.ts';
import { buildGroupTree, type GroupTree } from './group-tree.ts';
import { checkHeal } from './heal/check-heal.ts';
import { readHost } from './host/read-host.ts';
import type { InventoryContext } from './inventory-context.ts';
import { type InventoryFiles, losesNames, parseInventoryPart, readInventoryFiles } from './inventory-files.ts';
import type { InventorySource } from './inventory-source.ts';
import { mergeInventoryFiles } from './merge-inventory.ts';
import { readNotify } from './notify/read-notify.ts';
import { readBinhost, readDiscover } from './read-binhost.ts';
import { readTargets } from './read-targets.ts';

/** The inventory of a project, whole and checked; throws ValidationError with all problems of all files. */
export function readInventory(source: InventorySource): Inventory {
  return buildInventory(source, readInventoryFiles(source));
}

/** Like readInventory, from the text of one file. */
export function parseInventory(source: InventorySource, file: string, text: string | Uint8Array): Inventory {
  const problems: SwarmError[] = [];
  const part = parseInventoryPart(text, file, problems);
  return buildInventory(source, {
    parts: part === undefined ? [] : [part],
    vars: [],
    incomplete: part === undefined || losesNames(part),
    problems,
    leftVars: [],
  });
}

function buildInventory(source: InventorySource, files: InventoryFiles): Inventory {
  const problems = [...files.problems];
  const merged = mergeInventoryFiles(files, problems);
  if (files.incomplete) throwIfProblems(problems); // each name that this file defines would be reported as unknown
  checkNamedGroups(files.parts, problems);
  const groups = buildGroupTree(merged, problems);
  const warnings: SwarmError[] = [];
  const context: InventoryContext = {
    ...{ from: source, groups, problems, warnings, merged, defaults: merged.defaults },
    defaultKeys: findDefaultKeys(source.home),
    findJumpHost: createJumpHostFinder(merged, groups),
  };
  const hosts = [...merged.hosts].map(([name, located]) => readHost(context, name, located));
  const routedHosts = hosts.filter((host) => host !== undefined);
  checkRoutes(routedHosts, merged.hosts, problems, warnings);
  checkHostKeys(routedHosts, merged.hosts, warnings);
  checkHeal(merged.hosts, warnings);
  checkHiddenNames(merged, problems, warnings);
  checkNearGroups(merged, warnings);
  const binhost = readBinhost(context, merged.binhost, [...merged.hosts.keys()]);
  const discover = readDiscover(context, merged.discover);
  const notify = readNotify(merged.notify, problems);
  const silenceMs = merged.silence === undefined ? undefined : parseMilliseconds(merged.silence.value);
  const localFiles = listLocalFiles(source, files);
  const inventory = {
    ...(silenceMs === undefined ? {} : { silenceMs }),
    ...(localFiles.length === 0 ? {} : { localFiles }),
    ...(notify.length === 0 ? {} : { notify }),
    ...{ dir: source.dir, groups: groups.names, binhost, discover },
    hosts: [...routedHosts, createLocalhost(source, groups)],
  };
  const names = [...merged.hosts.keys()];
  const targets = readTargets(
    { inventory, problems, warnings, names, groups, readBinhost: (entry) => readBinhost(context, entry, names) },
    merged.targets,
  );
  throwIfProblems(problems);
  const binhosts = [binhost, ...targets.map((target) => target.binhost)].map(({ host }) => host);
  return {
    ...inventory,
    hosts: applyProtection(inventory.hosts, (name) => merged.hosts.get(name)?.value.protected, binhosts),
    targets,
    warnings: warnings.map((each) => each.toJSON()),
    ...(files.leftVars.length === 0 ? {} : { leftVars: files.leftVars.map((each) => each.toJSON()) }),
  };
}

const createLocalhost = ({ user }: InventorySource, groups: GroupTree): Host => ({
  name: 'localhost' as HostName,
  groups: [],
  routes: [{ kind: 'here' }],
  login: { user, keys: [] },
  protected: true,
  protection: 'this machine',
  vars: groups.mergeVars('localhost', {}),
});
