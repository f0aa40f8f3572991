import { quoteWord } from '../../../remote/session/shell-text.ts';
import type { CheckArgs } from '../push-args.ts';

/** One tree that is switched. Names of versions; `old` is empty where nothing is at dest. */
export interface TreeSwitch {
  readonly dest: string;
  readonly versions: string;
  readonly old: string;
  readonly next: string;
  /** Name of the new version until the switch; empty for a version that is there. */
  readonly fresh: string;
  /** Paths that go when the new tree stays. */
  readonly drop: readonly string[];
  /** Paths that go when it does not. */
  readonly discard: readonly string[];
}

/** What the host does by itself from the switch on. */
export interface SwitchPlan {
  readonly trees: readonly TreeSwitch[];
  /** Commands that restart the services, in order. */
  readonly restarts: readonly (readonly string[])[];
  readonly checks: readonly CheckArgs[];
  readonly confirmSeconds: number;
}

const RESTART_SECONDS = 120;

/** The plan as switch-trees.sh reads it. The last line shows that it is complete. */
export function formatSwitchPlan({ trees, restarts, checks, confirmSeconds }: SwitchPlan): string {
  const line = (...words: readonly string[]): string => `${words.map(quoteWord).join(' ')}\n`;
  return [
    ...trees.map(({ dest, versions, old, next, fresh }) => line('tree', dest, versions, old, next, fresh)),
    ...restarts.map((argv) => line('service', String(RESTART_SECONDS), ...argv)),
    ...checks.map((check) => line('check', String(check.within), nameCheck(check), ...checkWords(check))),
    line('confirm', String(confirmSeconds)),
    ...trees.flatMap(({ drop }) => (drop.length === 0 ? [] : [line('drop', ...drop)])),
    ...trees.flatMap(({ discard }) => (discard.length === 0 ? [] : [line('discard', ...discard)])),
    '# end\n',
  ].join('');
}

/** A check in the words of an error. */
function nameCheck(check: CheckArgs): string {
  if ('port' in check) return `port ${check.port} within ${check.within} s`;
  return 'http' in check ? `${check.http} within ${check.within} s` : `${check.command.join(' ')} within ${check.within} s`;
}

function checkWords(check: CheckArgs): readonly string[] {
  if ('port' in check) return ['port', String(check.port)];
  return 'http' in check ? ['http', check.http] : ['command', ...check.command];
}

/** The longest time that a switch takes, with the way back. */
export function longestSwitchMs({ restarts, checks, confirmSeconds }: SwitchPlan): number {
  const restartSeconds = restarts.length * (RESTART_SECONDS + 5) * 2;
  return (restartSeconds + checks.reduce((sum, { within }) => sum + within + 5, 0) + confirmSeconds + 60) * 1000;
}
