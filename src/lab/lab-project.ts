import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { makeLocalFolder } from '../core/files/make-local-folder.ts';
import { findUserName } from '../core/program/account.ts';
import type { Lab } from './lab.ts';

/** Writes a project whose inventory is the lab: its drones pinned, a binhost folder of its own, a push that stays below the drones'
 *  folders. Everything else is built in. Written again, it fits the lab as it is now. */
export async function writeLabProject(dir: string, lab: Lab): Promise<void> {
  const root = resolve(dir);
  for (const each of ['inventory', 'playbooks', 'files/push', 'binhost']) makeLocalFolder(join(root, each));
  const put = (path: string, text: string): void => writeFileSync(join(root, path), text);
  put(
    'inventory/swarm.yml',
    `# The drones of a lab on this machine; swarm lab writes this file.\n${stringify(labInventory(root, lab), { lineWidth: 0 })}`,
  );
  put('inventory/known_hosts', lab.drones.map(({ name, hostKey }) => `${name} ${hostKey.type} ${hostKey.blob} lab\n`).join(''));
  put('playbooks/push.yml', PUSH_PLAYBOOK);
  put('files/push/motd', 'Rolled out by swarm push.\n');
}

function labInventory(root: string, lab: Lab): object {
  const [first] = lab.drones;
  const hosts = lab.drones.map((drone, index) => {
    const local = { local: `127.0.0.1:${drone.port}` };
    // the last one also by way of the first, to have a jump to look at
    const jump =
      index === lab.drones.length - 1 && first !== undefined && first !== drone
        ? [{ jump: { via: first.name, address: `127.0.0.1:${drone.port}` } }]
        : [];
    return [drone.name, { groups: ['drones'], routes: [local, ...jump], vars: { folder: drone.dir } }];
  });
  return {
    defaults: { user: findUserName() ?? 'swarm', identity_file: lab.clientKey.path },
    groups: { drones: {} },
    hosts: Object.fromEntries(hosts),
    binhost: { path: join(root, 'binhost') },
  };
}

/** In place of the built-in one, whose files go to /etc: that is this machine's, four times over. */
const PUSH_PLAYBOOK = `describe: Roll files/push out to every drone of the lab, canary first
args:
  source: { type: path, default: "files/push/", describe: "Folder here; what is in it goes below etc/ of each drone's folder" }
  services: { type: list, default: [], describe: "Services to restart, in this order, where something changed" }
  checks: { type: list, default: [], describe: "What must hold after that" }
  confirm: { type: string, default: "60s", describe: "A drone goes back by itself when it cannot be reached again within this time" }
  rollback: { type: string, default: "", describe: "Go back: previous, the number of a version, or the start of its commit" }
plays:
  - name: Push
    hosts: drones
    serial: [1, "50%", "100%"] # one, then half, then all; any failure stops
    any_errors_fatal: true
    tasks:
      - name: Files
        push:
          trees:
            - source: "{{ source }}"
              dest: "{{ folder }}/etc/swarm"
          services: "{{ services }}"
          checks: "{{ checks }}"
          confirm: "{{ confirm }}"
          rollback: "{{ rollback }}"
`;
