import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import { writeEditorSchemas } from '../../fleet/project/editor-schemas.ts';
import { writeEditorTypes } from '../../fleet/project/editor-types.ts';
import type { GlobalOptions } from '../define-command.ts';
import { printResult } from '../output.ts';

const INVENTORY_TEMPLATE = `# yaml-language-server: $schema=../.swarm/schema/inventory.json
# The hosts, and the routes to each of them, the best first. localhost is always a host and needs no entry.
defaults: { user: root, identity_file: ~/.ssh/id_ed25519 }
groups:
  drones: { vars: { makeopts: "-j8" } }
hosts: {}
#  drone-one:
#    groups: [drones]
#    routes:
#      - tailscale: 100.64.0.91
#      - local: 192.168.1.20
#      - jump: { via: gateway, address: 192.168.1.20 }
binhost: { path: ./binhost }
`;

const HELLO_PLAYBOOK = `# yaml-language-server: $schema=../.swarm/schema/playbook.json
describe: An example that runs on this machine and changes nothing
args:
  name: { type: string, default: world, describe: "The name to greet" }
plays:
  - name: Hello
    hosts: localhost
    tasks:
      - name: Read the kernel
        command: { argv: [uname, -sr] }
        register: kernel
        changed_when: "false"
      - name: Greet
        debug: { msg: "Hello {{ name }}, this machine runs {{ kernel.stdout }}" }
`;

/** `swarm init [DIR]`: makes a project. Nothing that exists is changed. */
export async function initProjectCommand(dir: string | undefined, options: GlobalOptions): Promise<number> {
  const root = resolve(dir ?? options.directory ?? '.');
  if (existsSync(join(root, 'inventory')) && readdirSync(join(root, 'inventory')).length > 0) {
    throw new SwarmError('SW1202', `${root} is a project already`, { hint: 'To check it: swarm check' });
  }
  try {
    await makeProject(root);
  } catch (error) {
    throw fileError(error, root);
  }
  printResult(options, { project: root, status: 'ok' }, () => [
    `made a project in ${relative(process.cwd(), root) || '.'}`,
    'try it: swarm run hello',
    'next: write your hosts into inventory/swarm.yml, then: swarm hosts trust',
  ]);
  return 0;
}

async function makeProject(root: string): Promise<void> {
  for (const folder of ['inventory', 'playbooks', 'modules', 'templates', 'files/push']) makeLocalFolder(join(root, folder));
  writeFileSync(join(root, 'inventory/swarm.yml'), INVENTORY_TEMPLATE, { flag: 'wx' });
  if (!existsSync(join(root, 'playbooks/hello.yml'))) writeFileSync(join(root, 'playbooks/hello.yml'), HELLO_PLAYBOOK);
  if (!existsSync(join(root, '.gitignore'))) writeFileSync(join(root, '.gitignore'), '.swarm/\nbinhost/\n');
  await writeEditorSchemas(root);
  writeEditorTypes(root);
}
