import type { NextStep } from '../../report/screen/dashboard/dashboard-data.ts';

/** Most urgent first. `next` is the command that `swarm status` shows; `checkPush` shows what a push would undo, where it would. */
export function suggestSteps(untrusted: readonly string[], next: string, checkPush?: string): readonly NextStep[] {
  const [firstUntrusted] = untrusted;
  const moreText = untrusted.length > 1 ? `, ${untrusted.length - 1} more after it` : '';
  const urgent: readonly (readonly [start: string, key: string, what: string])[] = [
    ['swarm runs watch', 'w', 'watch the run that goes on'],
    ['swarm runs resume', 'r', 'resume the run that was cut off'],
    ['swarm runs logs', 'l', 'show the logs of what failed'],
  ];
  const first = urgent.find(([start]) => next.startsWith(start));
  return [
    ...(firstUntrusted === undefined
      ? []
      : [{ key: 't', what: `trust ${firstUntrusted}${moreText}`, command: `swarm hosts trust ${firstUntrusted}` }]),
    ...(first === undefined ? [] : [{ key: first[1], what: first[2], command: next }]),
    ...(checkPush === undefined ? [] : [{ key: 'c', what: 'show the changes that a push undoes', command: checkPush }]),
    { key: 'b', what: 'build packages…', command: 'swarm run build', ask: 'package atoms' },
    { key: 'p', what: 'push', command: 'swarm push' },
    { key: 'v', what: 'verify every route', command: 'swarm hosts verify' },
    { key: 's', what: 'status', command: 'swarm status' },
  ];
}
