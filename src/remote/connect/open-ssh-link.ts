import type { Host } from '../../core/inventory/host.ts';
import { fingerprint, type Identity } from '../../core/inventory/host-identity.ts';
import type { Key } from '../../core/inventory/login.ts';
import { checkHostKey, type IdentityMismatch } from '../identity/check-identity.ts';
import { requireLoginUser } from '../ssh/login-user.ts';
import type { SshTransport } from '../ssh/ssh-transport.ts';
import { type ConnectOptions, findTimeouts } from './connect-options.ts';
import { findSshSettings, type HopOpener, openRouteStream, type SshRoute } from './route-stream.ts';
import { createStageDeadline } from './stage-deadline.ts';

/** One SSH connection on a route: a host may need several, where its server gives few sessions on each. */
export interface SshLinkRequest {
  readonly host: Host;
  readonly identity: Identity;
  readonly route: SshRoute;
  readonly options: ConnectOptions;
  readonly openHop: HopOpener;
}

/** What was seen of the machine, also where the link fails. */
export interface SeenMachine {
  mismatch?: IdentityMismatch;
  fingerprint?: string;
}

/** Socket, host key and login, each in its time. Closes everything that it opened when it fails, and its hop when the link ends. */
export async function openSshLink(request: SshLinkRequest, seen: SeenMachine, signal: AbortSignal): Promise<SshTransport> {
  const { host, identity, route, options, openHop } = request;
  const [{ openSshTransport }, keys] = await Promise.all([import('../ssh/ssh-transport.ts'), import('../ssh/login-keys.ts')]);
  const settings = findSshSettings(host, route, options);
  const user = requireLoginUser(host, settings.user);
  const login = { ...host.login, keys: [...host.login.keys, ...settings.identityFiles.map((path): Key => ({ from: 'file', path }))] };
  const credentials = await keys.readCredentials(login, keys.resolveAgentSocket(settings.identityAgent), settings.identitiesOnly);
  const timeouts = findTimeouts(host, options, settings);
  using deadline = createStageDeadline(signal);
  // a jump has deadlines of its own: the time for what lies behind it begins when it stands
  const hop = await openRouteStream(host, route, options, openHop, deadline, timeouts.connect); // last, so that every exit closes it
  try {
    deadline.begin('handshake', timeouts.handshake);
    const transport = await openSshTransport(
      {
        stream: hop.stream,
        host: host.name,
        user,
        credentials,
        keyTypes: identity.hostKeys.map(({ type }) => type),
        keepaliveMs: options.keepaliveMs ?? 5000,
        verifyHostKey: (key) => {
          seen.fingerprint = fingerprint(key.blob);
          deadline.begin('login', timeouts.login);
          const mismatch = checkHostKey(host, key, options.hosts, options.revoked);
          if (mismatch !== undefined) seen.mismatch = mismatch;
          return mismatch?.error;
        },
      },
      deadline.signal,
    );
    void transport.closed.then(hop.release);
    return transport;
  } catch (error) {
    await hop.release();
    throw error;
  }
}
