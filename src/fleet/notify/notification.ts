import type { NotifyCause } from '../../core/inventory/notifier.ts';

/** What a person is told: once for each `id` of a process. */
export interface Notification {
  readonly id: string;
  readonly cause: NotifyCause;
  readonly run: string;
  readonly title: string;
  readonly text: string;
  /** The command to type next. */
  readonly command: string;
  /** It also goes to who asks for this cause: a host that is set aside because healing did not help. */
  readonly also?: NotifyCause;
  /** The host whose earlier notifications that still wait are part of this one. */
  readonly host?: string;
  /** More may come of the same cause. `end`: how the healing ends is waited for. `turn`: what swarm decides in the same moment. */
  readonly waitsFor?: 'end' | 'turn';
}
