import { formatDateTime } from '../../core/output/date-text.ts';
import type { HealEvent } from '../../core/reduce/reduce-heal.ts';
import { displayText } from '../text/display-text.ts';
import { formatDuration } from '../text/format.ts';
import { type EventText, eventLine } from './event-line.ts';

/** What a step of healing has done. */
export const HEALED_BY = { clean: 'cleaned', restart: 'services restarted', reboot: 'rebooted' } as const;

/** True for an event of healing. */
export const isHealEvent = (event: { readonly type: string }): event is HealEvent =>
  event.type.startsWith('heal.') || event.type === 'queue.paused' || event.type === 'queue.resumed';

/** The lines of an event of healing, or of a queue that waits. */
export function describeHealEvent(event: HealEvent): readonly EventText[] {
  switch (event.type) {
    case 'heal.started':
      return [eventLine(event.host, 'heal', 'running', displayText`${event.step}: it failed again and again, and gets no items meanwhile`)];
    case 'heal.finished': {
      if (event.error === undefined)
        return [eventLine(event.host, 'healed', 'ok', displayText`${HEALED_BY[event.step]} and verified  ${formatDuration(event.ms)}`)];
      const how = event.outcome === 'refused' ? displayText`refused` : displayText`did not help`;
      return [eventLine(event.host, 'heal', 'aside', displayText`${event.step} ${how}: ${event.error.message}`)];
    }
    case 'heal.skipped':
      return [eventLine(event.host, 'heal', 'aside', displayText`not healed: ${event.because}`)];
    case 'queue.paused':
      return [
        eventLine(
          'swarm',
          'paused',
          'aside',
          displayText`until ${formatDateTime(event.until)}: the drones fail alike, so none is blamed; ${event.because}`,
        ),
      ];
    case 'queue.resumed':
      return [eventLine('swarm', 'resumed', 'ok', displayText`an item was finished, so items start again`)];
    default:
      event satisfies never;
      return []; // an event of a newer swarm
  }
}
