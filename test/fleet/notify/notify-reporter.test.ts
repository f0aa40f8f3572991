import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RunEvent, RunEventData } from '../../../src/core/event.ts';
import { NOTIFY_CAUSES, type Notifier, type WebhookForm } from '../../../src/core/inventory/notifier.ts';
import { reduce } from '../../../src/core/reduce/reduce.ts';
import { initialRunState } from '../../../src/core/run-state.ts';
import { notifyReporter } from '../../../src/fleet/notify/notify-reporter.ts';
import { sendNotification } from '../../../src/fleet/notify/send-notification.ts';
import { started } from '../../journal/run-events.ts';

interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

let dir: string;
let server: Server;
let url: string;
let received: Received[];
/** What the server does with a request. */
let answer: 'ok' | 'error' | 'hang' | 'redirect';

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'swarm-notify-'));
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += String(part);
    });
    request.on('end', () => {
      received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      if (answer === 'hang') return;
      response.statusCode = answer === 'ok' ? 200 : answer === 'redirect' ? 301 : 503;
      if (answer === 'redirect') response.setHeader('location', '/elsewhere');
      answer = answer === 'redirect' ? 'ok' : answer;
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(dir, { recursive: true });
});
beforeEach(() => {
  received = [];
  answer = 'ok';
});

const webhook = (form: WebhookForm, more: Partial<Extract<Notifier, { readonly kind: 'webhook' }>> = {}): Notifier => ({
  ...{ on: NOTIFY_CAUSES, kind: 'webhook', url: `${url}/hook`, form },
  ...more,
});
const command = (script: string, on: Notifier['on'] = NOTIFY_CAUSES): Notifier => ({ on, kind: 'command', argv: ['sh', '-c', script] });
const failure = { code: 'SW2001', message: 'no route <answers>' };
const unreachable: RunEventData = { type: 'host.unreachable', host: 'd1', error: failure };
const silent: RunEventData = { type: 'item.silent', item: 'icu', host: 'd1', since: '2026-12-01T00:00:00.000Z', ms: 7_200_000 };
const ended = (status: 'ok' | 'failed' | 'interrupted', exit: number): RunEventData => ({ type: 'run.finished', status, exit, ms: 60_000 });

/** Reports the events, and returns the warnings. */
async function tell(notifiers: readonly Notifier[], facts: readonly RunEventData[], limitMs = 10_000): Promise<readonly string[]> {
  const warnings: string[] = [];
  const reporter = notifyReporter(notifiers, dir, (text) => warnings.push(text), limitMs);
  let state = initialRunState('r4nd');
  for (const [seq, fact] of [started(1), ...facts].entries()) {
    const event: RunEvent = { v: 1, run: 'r4nd', seq, at: '2026-12-01T00:00:00.000Z', ...fact };
    state = reduce(state, event);
    reporter.event(event, state);
  }
  await reporter.close(state);
  return warnings;
}

test('a command gets the text on stdin, its parts in the environment, and the command to type', async () => {
  const file = join(dir, 'told');
  const script = `{ cat; echo "$SWARM_EVENT $SWARM_RUN $SWARM_COMMAND"; } > '${file}'`;
  expect(await tell([command(script, ['failed'])], [unreachable, ended('failed', 4)])).toEqual([]);
  expect(readFileSync(file, 'utf8')).toBe(
    'build failed (exit 4)\nafter 1m. SW2001: no route <answers>\nswarm runs logs r4nd --errors\nfailed r4nd swarm runs logs r4nd --errors\n',
  );
});

test.each([
  ['ntfy', 'POST', '/hook', expect.stringMatching(/^icu on d1 .*swarm hosts gone d1\nswarm runs logs r4nd d1$/)],
  ['discord', 'POST', '/hook', expect.stringMatching(/^\{"content":"icu is silent on d1\\n/)],
  ['slack', 'POST', '/hook', expect.stringMatching(/^\{"text":"icu is silent on d1\\n/)],
  ['matrix', 'PUT', expect.stringMatching(/^\/hook\/send\/m\.room\.message\/[\w-]+$/), expect.stringContaining('"msgtype":"m.text"')],
  ['json', 'POST', '/hook', expect.stringContaining('"event":"stalled","run":"r4nd"')],
] as const)('a webhook gets the form of %s', async (form, method, path, body) => {
  expect(await tell([webhook(form, { token: 'secret-token' })], [silent])).toEqual([]);
  expect(received).toEqual([{ method, path, headers: expect.objectContaining({ authorization: 'Bearer secret-token' }), body }]);
});

test('an address that is a secret is read from its file', async () => {
  writeFileSync(join(dir, 'url'), `${url}/secret\n`, { mode: 0o600 });
  expect(await tell([webhook('json', { url: { from: `file:${join(dir, 'url')}` } })], [silent])).toEqual([]);
  expect(received).toMatchObject([{ path: '/secret' }]);
});

test('an e-mail has its head, and the text cannot add a line to it', async () => {
  const file = join(dir, 'mail');
  const sendmail = join(dir, 'sendmail');
  writeFileSync(sendmail, `#!/bin/sh\n{ echo "$@"; cat; } > '${file}'\n`, { mode: 0o755 });
  const odd: RunEventData = { ...silent, item: 'ü\nBcc: x@y' };
  expect(await tell([{ on: NOTIFY_CAUSES, kind: 'email', to: ['a@b.c', 'root'], sendmail }], [odd])).toEqual([]);
  const [args, to, subject, ...rest] = readFileSync(file, 'utf8').split('\n');
  expect([args, to]).toEqual(['-i -t', 'To: a@b.c, root']);
  expect(subject).toMatch(/^Subject: =\?UTF-8\?B\?[\w+/=]+\?=$/);
  expect(rest.slice(0, rest.indexOf('')).join()).not.toContain('Bcc');
});

test('each cause is told once, and only to those who want it', async () => {
  await tell([webhook('json', { on: ['aside'] })], [unreachable, unreachable, silent, silent, ended('failed', 4)]);
  expect(received).toHaveLength(1);
  received = [];
  await tell([webhook('json')], [unreachable, unreachable, silent, silent, ended('ok', 0)]);
  expect(received.map(({ body }) => (JSON.parse(body) as { event: string }).event).sort()).toEqual(['aside', 'finished', 'stalled']);
});

const healed = (step: 'clean' | 'restart' | 'reboot', error?: typeof failure): readonly RunEventData[] => [
  { type: 'heal.started', host: 'd1', step },
  {
    ...{ type: 'heal.finished', host: 'd1', step, outcome: error === undefined ? 'healed' : 'failed', ms: 60_000 },
    ...(error === undefined ? {} : { error }),
  },
];
const skipped = (because: string): RunEventData => ({ type: 'heal.skipped', host: 'd1', because });
const aside: RunEventData = { type: 'host.setAside', host: 'd1', because: 'because healing did not help; clean: no route' };
/** Event, title, text and command of what was told. */
const told = () =>
  received.map(({ body }) => {
    const { event, title, text, command } = JSON.parse(body) as Readonly<Record<string, string>>;
    return [event, title, text, command];
  });

test('healing that did not help is told once, with the host that is set aside for it', async () => {
  await tell([webhook('json')], [...healed('clean', failure), skipped('clean: each was tried in its waiting time'), aside]);
  const text = 'd1 gets no more items in this run, because healing did not help; clean: no route';
  expect(told()).toEqual([['aside', 'd1 is set aside: it could not be healed (clean)', text, 'swarm doctor d1']]);
  received = [];
  await tell([webhook('json', { on: ['healed'] })], [...healed('clean', failure), aside]);
  expect(told()).toEqual([['healed', 'd1 is set aside: it could not be healed (clean)', text, 'swarm doctor d1']]);
  received = [];
  await tell(
    [webhook('json')],
    [...healed('clean', failure), ...healed('reboot', failure), { ...unreachable, host: 'd1' } as RunEventData],
  );
  expect(told()).toEqual([
    ['aside', 'd1 is set aside: it could not be healed (clean, reboot)', 'd1 is not used: no route <answers>', 'swarm doctor d1'],
  ]);
});

test('steps that did not help before one that did are told with it', async () => {
  await tell([webhook('json')], [...healed('clean', failure), ...healed('restart', failure), ...healed('reboot')]);
  const text = 'after 1m; clean and restart did not help; it proved itself, and gets items again';
  expect(told()).toEqual([['healed', 'd1 was healed: rebooted', text, 'swarm runs show r4nd']]);
});

test('a drone that is not healed and set aside for it is told once, with both reasons', async () => {
  const excluded: RunEventData = { type: 'host.setAside', host: 'd1', because: 'because different items failed on it' };
  await tell([webhook('json')], [skipped('it is protected'), excluded]);
  const text =
    'd1 gets no more items in this run, because different items failed on it. d1 fails again and again, and is not healed: it is protected';
  expect(told()).toEqual([['aside', 'd1 is set aside', text, 'swarm runs show r4nd']]);
  received = [];
  await tell([webhook('json')], [skipped('it is protected'), skipped('it is protected')]);
  expect(told().map(([, title]) => title)).toEqual(['d1 is not healed']);
});

test('a healing that nothing follows is told at the end of the run, and so is a queue that waits at once', async () => {
  const paused: RunEventData = { type: 'queue.paused', because: 'SW2005: the link is lost', until: '2026-12-01T00:05:00.000Z' };
  await tell([webhook('json')], [...healed('clean', failure), paused, paused, ended('failed', 2)]);
  expect(
    told()
      .map(([event, title, , command]) => [event, title, command])
      .sort(),
  ).toEqual([
    ['failed', 'build failed (exit 2)', 'swarm runs logs r4nd --errors'],
    ['healed', 'd1 is not healed: clean did not help', 'swarm doctor d1'],
    ['stalled', 'build waits', 'swarm runs watch r4nd'],
  ]);
});

test('a run that a person interrupted tells nothing', async () => {
  await tell([webhook('json')], [ended('interrupted', 130)]);
  expect(received).toEqual([]);
});

test('a notifier that fails costs one warning, without its address', async () => {
  answer = 'error';
  expect(await tell([webhook('json')], [unreachable, silent, ended('failed', 4)])).toEqual([
    expect.stringMatching(/^notify: the webhook \(json\) did not tell ".*": the server answers 503$/),
  ]);
  expect(await tell([command('exit 3')], [silent])).toEqual([expect.stringContaining('sh ended with status 3')]);
  const missing: Notifier = { on: NOTIFY_CAUSES, kind: 'command', argv: ['/nonexistent/tell'] };
  expect(await tell([missing], [silent])).toEqual([expect.stringMatching(/: cannot start \S+: it is not installed/)]);
});

test('a notifier that hangs is ended at its limit, with all that it started', async () => {
  answer = 'hang';
  const late = join(dir, 'late');
  const script = `(trap '' TERM; sleep 2; touch '${late}') & sleep 60`;
  const begin = performance.now();
  expect(await tell([webhook('json'), command(script)], [silent], 300)).toEqual([
    expect.stringContaining('it took longer than 0.3 s'),
    expect.stringContaining('it took longer than 0.3 s'),
  ]);
  expect(performance.now() - begin).toBeLessThan(2000);
  expect(existsSync(late)).toBe(false);
});

test('a notifier of a kind that nothing sends is an error, not silence', async () => {
  const note = { id: 'end', cause: 'finished', run: 'r', title: 't', text: '', command: 'swarm' } as const;
  const sent = sendNotification({ on: ['finished'], kind: 'pager' } as never, note, dir, new AbortController().signal);
  await expect(sent).rejects.toThrow('swarm sends no notification of this kind');
});

test('a webhook that redirects is warned of, because the text would not arrive', async () => {
  answer = 'redirect';
  expect(await tell([webhook('json')], [silent])).toEqual([
    'notify: the webhook (json) did not tell "icu is silent on d1": the server answers 301: write the URL to which it redirects',
  ]);
  expect(received).toHaveLength(1);
});

test('what tasks send is told once, with the playbook as its title where it has none', async () => {
  const message = (text: string, title?: string): RunEventData => ({
    type: 'run.message',
    text,
    ...(title === undefined ? {} : { title }),
  });
  expect(
    await tell([webhook('json', { on: ['message'] })], [message('new', 'kernel'), message('new', 'kernel'), message('old'), silent]),
  ).toEqual([]);
  expect(received.map(({ body }) => JSON.parse(body))).toEqual([
    expect.objectContaining({ event: 'message', title: 'kernel', text: 'new' }),
    expect.objectContaining({ event: 'message', title: 'build', text: 'old' }),
  ]);
});

test('each notification has a connection of its own, which no server can close while it is used again', async () => {
  expect(await tell([webhook('json')], [silent])).toEqual([]);
  expect(received.map(({ headers }) => headers['connection'])).toEqual(['close']);
});
