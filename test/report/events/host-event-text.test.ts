import { expect, test } from 'vitest';
import type { RunEventData } from '../../../src/core/event.ts';
import { createPlainFormatter } from '../../../src/report/reporters/plain-reporter.ts';
import { detectTerminalStyle } from '../../../src/report/text/terminal-style.ts';
import { numberEvents, reduceEvents } from '../run-stories.ts';

type SetAside = Extract<RunEventData, { readonly type: 'route.setAside' }>;
const connectedLine = (aside: Pick<SetAside, 'status' | 'machine'>): string => {
  const events = numberEvents([
    [0, { type: 'route.setAside', host: 'a', route: 'local 10.0.0.1:22', error: { code: 'SW2003', message: 'x' }, ...aside }],
    [1, { type: 'host.connected', host: 'a', route: 'tailscale 100.64.0.1:22', cores: 1, ms: 1 }],
  ]);
  const formatter = createPlainFormatter(detectTerminalStyle({}, { LANG: 'C.UTF-8' }));
  return events.flatMap((event, at) => formatter.event(event, reduceEvents(events.slice(0, at + 1)))).at(-1) ?? '';
};

test.each([
  [{ status: 'unreachable' }, 'did not answer'],
  [{ status: 'untrusted' }, 'leads to an unknown machine'],
  [{ status: 'misdirected', machine: 'gateway' }, 'leads to gateway'],
] as const)('a route that is not used says why: %o', (aside, why) => {
  expect(connectedLine(aside)).toContain(`(local 10.0.0.1:22 ${why}, excluded)`);
});

test('a host that connects again in a run is not told as a new one', () => {
  const connected = { type: 'host.connected', host: 'a', route: 'local 10.0.0.1:22', cores: 1, ms: 1 } as const;
  const events = numberEvents([
    [0, connected],
    [1, connected],
  ]);
  const formatter = createPlainFormatter(detectTerminalStyle({}, { LANG: 'C.UTF-8' }));
  const lines = events.flatMap((event, at) => formatter.event(event, reduceEvents(events.slice(0, at + 1))));
  expect(lines.map((line) => /\b(?:proven|reconnected)\b/.exec(line)?.[0])).toEqual(['proven', 'reconnected']);
});
