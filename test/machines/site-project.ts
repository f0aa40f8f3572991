import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/core/program/package-root.ts';
import type { MachineName, Site } from './namespaces.ts';
import type { ProgramResult } from './openssh-client.ts';
import { knownHostsText } from './sshd-fleet.ts';

/** A project on the orchestrator of a site, and the program in it. */
export interface SiteProject extends AsyncDisposable {
  readonly dir: string;
  swarm(...words: readonly string[]): Promise<ProgramResult>;
  /** Writes inventory/swarm.yml: the routes of each host as YAML, and what else stands there. */
  writeInventory(routes?: Partial<Record<MachineName, string>>, more?: Partial<Record<MachineName, string>>): Promise<void>;
  writeProjectFile(path: string, text: string): Promise<void>;
}

const GROUPS: Readonly<Record<Exclude<MachineName, 'orchestrator'>, string>> = {
  gateway: 'gateways',
  'drone-izar': 'drones',
  'drone-tarn': 'drones',
  'drone-meridian': 'drones',
  unraid: 'storage',
};

/** The fleet of the site, trusted; every host over the overlay first and then as its own LAN sees it, until a test says otherwise. */
export async function createSiteProject(site: Site): Promise<SiteProject> {
  const dir = await mkdtemp(join(tmpdir(), 'swarm-site-project-'));
  await mkdir(join(dir, 'inventory'));
  await mkdir(join(dir, 'home'));
  const machines = Object.values(site.machines);
  await writeFile(join(dir, 'inventory/known_hosts'), machines.map((machine) => knownHostsText(machine, machine.name)).join(''));
  const project: SiteProject = {
    dir,
    swarm: (...words) =>
      site.runOnOrchestrator([process.execPath, join(packageRoot(), 'dist/src/bin.js'), '-C', dir, ...words], {
        HOME: join(dir, 'home'),
        TERM: 'dumb',
        LANG: 'C.UTF-8',
      }),
    writeProjectFile: (path, text) => writeFile(join(dir, path), text),
    writeInventory(routes = {}, more = {}) {
      const hosts = machines.map(({ name, address, overlay }) => {
        const usual = [...(overlay === undefined ? [] : [`tailscale: ${overlay}`]), `local: ${address}`]
          .map((each) => `{ ${each} }`)
          .join(', ');
        return `  ${name}: { groups: [${GROUPS[name as keyof typeof GROUPS]}], routes: [ ${routes[name] ?? usual} ]${more[name] ?? ''} }`;
      });
      const user = machines[0]?.user ?? 'root';
      const head = `defaults: { user: ${user}, identity_file: ${site.clientKey} }\ngroups: { drones: {}, gateways: {}, storage: {} }\nhosts:\n`;
      return writeFile(join(dir, 'inventory/swarm.yml'), `${head}${hosts.join('\n')}\n`);
    },
    async [Symbol.asyncDispose]() {
      await rm(dir, { recursive: true, force: true });
    },
  };
  await project.writeInventory();
  return project;
}
