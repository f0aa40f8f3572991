import { SwarmError } from '../../core/error/swarm-error.ts';
import type { PlayLogin } from '../../core/inventory/play-login.ts';
import { isSshRoute } from '../../core/inventory/route.ts';
import type { Json } from '../../core/json-value.ts';
import type { Play } from '../../core/playbook/playbook-model.ts';
import { renderTemplates } from '../../language/template/template.ts';
import type { HostRun } from '../host-run.ts';
import type { RunContext } from '../run-context.ts';
import { playSettings } from '../task/task-settings.ts';
import { collectVariables } from '../variables/variables.ts';

const HIGHEST_PORT = 65_535;

/** The logins that `remote_user` and `port` of the play give to its hosts. A template is asked on each host. Throws SW6014 for a wrong value. */
export function renderLogins(context: RunContext, play: Play, hostRuns: readonly HostRun[]): ReadonlyMap<string, PlayLogin> {
  const { remoteUser, port, at } = play;
  if (remoteUser === undefined && port === undefined) return new Map();
  const names = hostRuns.map(({ host }) => host.name);
  const settings = playSettings(play, names);
  const logins = hostRuns
    .filter(({ host }) => host.routes.some(isSshRoute))
    .map((hostRun): readonly [string, PlayLogin] => {
      const { name } = hostRun.host;
      const render = (value: number | string): Json =>
        typeof value === 'string' && value.includes('{{')
          ? renderTemplates(value, collectVariables(context, hostRun, settings, at), { at })
          : value;
      const wrong = (keyword: string, takes: string, value: Json): SwarmError =>
        new SwarmError('SW6014', `${keyword}: must be ${takes}, not ${JSON.stringify(value)}`, { at, host: name });
      const readUser = (value: Json): string => {
        if (typeof value === 'string' && value.trim() !== '') return value.trim();
        throw wrong('remote_user', 'the name of a user', value);
      };
      const readPort = (value: Json): number => {
        const number = Number(value);
        if (Number.isInteger(number) && number >= 1 && number <= HIGHEST_PORT) return number;
        throw wrong('port', 'a port from 1 to 65535', value);
      };
      return [
        name,
        {
          ...(remoteUser === undefined ? {} : { user: readUser(render(remoteUser)) }),
          ...(port === undefined ? {} : { port: readPort(render(port)) }),
        },
      ];
    });
  return new Map(logins);
}
