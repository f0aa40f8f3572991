import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SshdFleet } from '../test/machines/sshd-fleet.ts';

/** An inventory of the fleet as Ansible reads it, and settings that give it every advantage it has by default flags. */
export function ansibleFiles(
  { machines, project }: SshdFleet,
  forks: number,
  pipelining: boolean,
  mitogen?: string,
): { readonly env: Record<string, string>; readonly inventory: string } {
  const inventory = join(project, 'hosts.ini');
  const lines = machines.map(
    ({ port, user, clientKey, home }, at) =>
      `drone-${at + 1} home=${home} ansible_host=127.0.0.1 ansible_port=${port} ansible_user=${user} ansible_ssh_private_key_file=${clientKey}`,
  );
  writeFileSync(inventory, ['[drones]', ...lines, '', '[all:vars]', 'ansible_python_interpreter=/usr/bin/python3', ''].join('\n'));
  const config = join(project, `ansible-${pipelining}-${mitogen !== undefined}.cfg`);
  writeFileSync(
    config,
    [
      '[defaults]',
      'host_key_checking = False',
      `forks = ${forks}`,
      'gathering = explicit',
      'retry_files_enabled = False',
      ...(mitogen === undefined ? [] : [`strategy_plugins = ${mitogen}`, 'strategy = mitogen_linear']),
      '[ssh_connection]',
      `pipelining = ${pipelining}`,
      // a master that ends between two tasks loses the host; `forgetMasters` makes each round cold
      'ssh_args = -o ControlMaster=auto -o ControlPersist=30s -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR',
      `control_path_dir = ${project}/cp`,
      '',
    ].join('\n'),
  );
  return { env: { ANSIBLE_CONFIG: config, ANSIBLE_LOCALHOST_WARNING: 'False', ANSIBLE_DEPRECATION_WARNINGS: 'False' }, inventory };
}

/** Before a run of Ansible: no connection of an earlier one is found. The old masters end by themselves. */
export const forgetMasters =
  ({ project }: Pick<SshdFleet, 'project'>) =>
  (): void =>
    rmSync(join(project, 'cp'), { recursive: true, force: true });

/** ~/.ssh/config of the fleet, for pssh and clush. */
export function sshConfig({ machines, project }: SshdFleet): string {
  const file = join(project, 'ssh_config');
  const blocks = machines.map(
    ({ port, user, clientKey }, at) =>
      `Host drone-${at + 1}\n HostName 127.0.0.1\n Port ${port}\n User ${user}\n IdentityFile ${clientKey}\n StrictHostKeyChecking no\n UserKnownHostsFile /dev/null\n LogLevel ERROR\n`,
  );
  writeFileSync(file, blocks.join(''));
  return file;
}

export const swarmBin = join(import.meta.dirname, '..', 'dist', 'src', 'bin.js');
export const version = (JSON.parse(readFileSync(join(import.meta.dirname, '..', 'package.json'), 'utf8')) as { version: string }).version;
