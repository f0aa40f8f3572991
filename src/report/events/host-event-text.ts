import type { RunEvent } from '../../core/event.ts';
import type { RunState } from '../../core/run-state.ts';
import { displayText, joinText } from '../text/display-text.ts';
import { formatDuration, formatSize } from '../text/format.ts';
import { type EventText, eventLine, failureLine, hintLine } from './event-line.ts';
import { failureLines } from './failure-text.ts';
import { shortenFingerprint } from './run-args-text.ts';

type HostRunEvent = Extract<RunEvent, { readonly type: `host.${string}` | `route.${string}` | `guard.${string}` | `job.${string}` }>;

/** True for an event about a host, its routes, its guard or its jobs. */
export const isHostEvent = (event: RunEvent): event is HostRunEvent => /^(?:host|route|guard|job)\./.test(event.type);

/** The lines of an event about a host, its routes, its guard or its jobs. */
export function describeHostEvent(event: HostRunEvent, state: RunState, verbosity: number): readonly EventText[] {
  switch (event.type) {
    case 'host.connected': {
      const key = event.fingerprint === undefined ? displayText`` : displayText`${shortenFingerprint(event.fingerprint)} `;
      const aside = state.hosts.get(event.host)?.setAside ?? [];
      const others = aside.map(({ route, status, machine }) => displayText`${route} ${describeAnswer(status, machine)}, excluded`);
      return [
        eventLine(
          event.host,
          state.hosts.get(event.host)?.reconnected === true ? 'reconnected' : 'proven',
          'ok',
          displayText`${key}via ${event.route}${others.length === 0 ? '' : `  (${joinText(others, '; ')})`}`,
        ),
      ];
    }
    case 'route.setAside':
      if (event.status === 'unreachable' && verbosity < 2) return [];
      return [
        eventLine(
          event.host,
          'excluded',
          'aside',
          event.machine === undefined
            ? displayText`route ${event.route}: ${event.error.message}`
            : displayText`route ${event.route} leads to ${event.machine}; no command was sent`,
        ),
      ];
    case 'route.proven':
      return [eventLine(event.host, 'proven', 'ok', displayText`route ${event.route} leads to this host again`)];
    case 'guard.passed':
      return verbosity < 1 ? [] : [eventLine(event.host, 'guard', 'ok', displayText`${event.subject}: ${event.rules.join(', ')}`)];
    case 'host.rebooting':
      return [eventLine(event.host, 'reboot', 'running', displayText`restart requested`)];
    case 'host.rebooted':
      return [eventLine(event.host, 'back', 'ok', displayText`restarted and verified  ${formatDuration(event.ms)}`)];
    case 'host.setAside':
      return [eventLine(event.host, 'excluded', 'aside', displayText`gets no more items in this run, ${event.because}`)];
    case 'host.silent': {
      const hint = displayText`To see whether the host answers, run: swarm hosts verify ${event.host}`;
      return [hintLine(event.host, 'silent', 'unknown', displayText`${event.task}  no output for ${formatDuration(event.ms)}. ${hint}`)];
    }
    case 'host.heard':
      return [eventLine(event.host, 'prints', 'reattach', displayText`goes on`)];
    case 'host.lost':
      return [eventLine(event.host, 'link lost', 'unknown', displayText`${event.error.message}`)];
    case 'host.unreachable':
    case 'host.refused': {
      const kind = event.type === 'host.refused' ? 'refused' : 'unreachable';
      return [failureLine(event.host, kind, displayText`${event.error.code}`, failureLines({ host: event.host, ...event.error }, state))];
    }
    case 'job.started':
      return verbosity < 2 ? [] : [eventLine(event.host, 'job', undefined, displayText`${event.job} started`)];
    case 'job.attached':
      return [eventLine(event.host, 'attached', 'reattach', displayText`job ${event.job}, log from byte ${event.offset}`)];
    case 'job.finished':
      return verbosity < 2
        ? []
        : [eventLine(event.host, 'job', undefined, displayText`${event.job} exit ${event.exit}, ${formatSize(event.bytes)} of log`)];
    default:
      event satisfies never;
      return []; // an event of a newer swarm
  }
}

/** What happened on a route that is not used. */
function describeAnswer(status: string, machine: string | undefined): string {
  if (machine !== undefined) return `leads to ${machine}`;
  return status === 'unreachable' ? 'did not answer' : 'leads to an unknown machine';
}
