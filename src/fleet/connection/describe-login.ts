import type { Host } from '../../core/inventory/host.ts';
import { formatRoute, isSshRoute } from '../../core/inventory/route.ts';
import { findSshSettings, type SshRoute } from '../../remote/connect/route-stream.ts';
import { formatConfigPosition } from '../../remote/ssh-config/config-position.ts';
import { formatHop } from '../../remote/ssh-config/jump-hop.ts';
import type { SettingOrigin, SshConfig } from '../../remote/ssh-config/ssh-config.ts';

/** One setting of a login, and where it comes from: `inventory`, `default`, or file and line of ssh_config. */
export interface LoginSetting {
  readonly name: string;
  readonly value: string;
  readonly from: string;
}

/** What holds on one route. */
export interface RouteLogin {
  readonly route: string;
  readonly settings: readonly LoginSetting[];
  /** Lines of ssh_config that hold for the host and have no effect. */
  readonly unused: readonly { readonly keyword: string; readonly from: string }[];
}

/** What a login on each SSH route of the host goes by. */
export const describeLogins = (host: Host, sshConfig: SshConfig): readonly RouteLogin[] =>
  host.routes.filter(isSshRoute).map((route) => describeLogin(host, route, sshConfig));

function describeLogin(host: Host, route: SshRoute, sshConfig: SshConfig): RouteLogin {
  const found = findSshSettings(host, route, { sshConfig });
  const from = (setting: SettingOrigin['setting'], otherwise: string, at = 0): string => {
    const origin = found.origins.filter((each) => each.setting === setting)[at];
    return origin === undefined ? otherwise : formatConfigPosition(origin);
  };
  const { login } = host;
  const jump = route.kind === 'jump' ? route.via : found.proxyJump.map(formatHop).join(', ');
  const hasOwnFiles = login.keys[0]?.from === 'file';
  const setting = (name: string, value: string | undefined, origin: string): readonly LoginSetting[] =>
    value === undefined || value === '' ? [] : [{ name, value, from: origin }];
  const isDirect = route.kind !== 'jump' && jump === '';
  return {
    route: formatRoute(route),
    settings: [
      ...setting('address', found.hostName ?? route.address, from('hostName', 'inventory')),
      ...setting('port', String(route.port), route.assumedPort ? from('port', 'default') : 'inventory'),
      ...setting(
        'user',
        (login.assumedUser ? found.user : undefined) ?? login.user,
        login.assumedUser ? from('user', 'default') : 'inventory',
      ),
      ...setting('jump', jump, route.kind === 'jump' ? 'inventory' : from('proxyJump', 'inventory')),
      ...login.keys.flatMap((key) => (key.from === 'file' ? setting('key', key.path, hasOwnFiles ? 'inventory' : 'default') : [])),
      ...found.identityFiles.flatMap((path, at) => setting('key', path, from('identityFile', 'default', at))),
      ...(login.keys.some((key) => key.from === 'agent')
        ? setting('agent', found.identityAgent ?? process.env['SSH_AUTH_SOCK'] ?? 'none', from('identityAgent', 'default'))
        : []),
      ...setting('only these keys', found.identitiesOnly ? 'yes' : undefined, from('identitiesOnly', 'default')),
      ...(isDirect ? setting('address family', found.addressFamily && `IPv${found.addressFamily}`, from('addressFamily', 'default')) : []),
      ...setting(
        'connect timeout',
        found.connectTimeoutMs === undefined ? undefined : `${found.connectTimeoutMs / 1000}s`,
        from('connectTimeout', 'default'),
      ),
      ...(isDirect ? setting('from address', found.bindAddress, from('bindAddress', 'default')) : []),
    ],
    unused: found.unused.map((each) => ({ keyword: each.keyword, from: formatConfigPosition(each) })),
  };
}
