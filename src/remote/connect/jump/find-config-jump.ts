import type { Host } from '../../../core/inventory/host.ts';
import type { HostKey } from '../../../core/inventory/host-identity.ts';
import type { HostName } from '../../../core/inventory/host-name.ts';
import { findUserName, homeFolder } from '../../../core/program/account.ts';
import { findDefaultKeys } from '../../../core/program/default-keys.ts';
import { matchesHostName, readUserKnownHosts } from '../../identity/known-hosts.ts';
import type { JumpHop } from '../../ssh-config/jump-hop.ts';
import type { ConnectOptions } from '../connect-options.ts';
import type { SshRoute } from '../route-stream.ts';

/** A jump host that only ~/.ssh/config names, as a host: it needs a login and a known key, and runs no command. */
export interface ConfigJump {
  readonly host: Host;
  readonly route: SshRoute;
  /** With the hops before it as its own ProxyJump. */
  readonly options: Pick<ConnectOptions, 'sshConfig'>;
  /** Names of its line in known_hosts, the first one preferred. */
  readonly knownNames: readonly string[];
  readonly knownHostsFiles: readonly string[];
}

/** The last of the hops, reached over those before it as `ssh -J` does. */
export function findConfigJump(hops: readonly JumpHop[], { sshConfig }: Pick<ConnectOptions, 'sshConfig'>): ConfigJump {
  const hop = hops.at(-1) ?? { host: '' };
  const before = hops.slice(0, -1);
  const settings = sshConfig.settings({ address: hop.host, ...(hop.user === undefined ? {} : { user: hop.user }) });
  const port = hop.port ?? settings.port ?? 22;
  const address = settings.hostName ?? hop.host;
  const knownHostsFiles = [
    ...(settings.knownHostsFiles ?? ['known_hosts', 'known_hosts2'].map((name) => `${homeFolder()}/.ssh/${name}`)),
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ];
  const knownNames =
    settings.hostKeyAlias !== undefined ? [settings.hostKeyAlias] : port === 22 ? [address] : [`[${address}]:${port}`, address];
  const files = findDefaultKeys(homeFolder()).map((path) => ({ from: 'file' as const, path }));
  return {
    host: {
      name: hop.host as HostName,
      groups: [],
      routes: [{ kind: 'local', address: hop.host, port }],
      login: {
        ...(hop.user === undefined ? { user: findUserName() ?? '', assumedUser: true } : { user: hop.user }),
        keys: [{ from: 'agent' }, ...files],
      },
      identity: { hostKeys: findKnownKeys(knownNames, knownHostsFiles) },
      protected: true,
      vars: {},
    },
    route: { kind: 'local', address: hop.host, port },
    options: {
      sshConfig: before.length === 0 ? sshConfig : { settings: (target) => ({ ...sshConfig.settings(target), proxyJump: before }) },
    },
    knownNames,
    knownHostsFiles,
  };
}

/** As OpenSSH looks a host up: under its name with the port, else under its plain name. */
function findKnownKeys(names: readonly string[], files: readonly string[]): readonly HostKey[] {
  const lines = readUserKnownHosts(files).filter(({ marker }) => marker === undefined);
  for (const name of names) {
    const keys = lines.filter((line) => matchesHostName(line, name)).map(({ key }) => key);
    if (keys.length > 0) return keys;
  }
  return [];
}
