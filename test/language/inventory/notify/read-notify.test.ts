import { expect, test } from 'vitest';
import { parseInventory } from '../../../../src/language/inventory/read-inventory.ts';

const source = { dir: '/project', home: '/home/me', user: 'me', identities: new Map() };
const read = (yaml: string) => parseInventory(source, 'swarm.yml', `hosts: { d1: { routes: [{ local: 10.0.0.1 }] } }\n${yaml}\n`);

test('notify and silence are read; the URL shows the form', () => {
  const { notify, silenceMs } = read(`silence: 30m
notify:
  - { command: [/usr/local/bin/tell] }
  - { webhook: "https://ntfy.sh/mine", on: [failed, aside, stalled] }
  - { webhook: "https://discord.com/api/webhooks/1/x" }
  - { webhook: "https://hooks.slack.com/services/x" }
  - { webhook: "https://matrix.example.org/_matrix/client/v3/rooms/!a:b", token: { secret: { from: "env:T" } } }
  - { webhook: { secret: { from: "env:URL" } }, form: json }
  - { email: me@example.org }`);
  expect(silenceMs).toBe(1_800_000);
  expect(notify).toMatchObject([
    { kind: 'command', argv: ['/usr/local/bin/tell'], on: ['finished', 'failed', 'aside', 'healed', 'stalled', 'message'] },
    { kind: 'webhook', form: 'ntfy', on: ['failed', 'aside', 'stalled'] },
    { form: 'discord' },
    { form: 'slack' },
    { form: 'matrix', token: { from: 'env:T' } },
    { url: { from: 'env:URL' }, form: 'json' },
    { kind: 'email', to: ['me@example.org'], sendmail: '/usr/sbin/sendmail' },
  ]);
});

test.each([
  ['notify: [ { on: [failed] } ]', 'says how to tell', 'Write one of'],
  ['notify: [ { command: [x], email: a@b } ]', 'has command and email', 'Write one of'],
  ['notify: [ { command: [x], form: ntfy } ]', '`form` belongs to a webhook', 'Remove it'],
  ['notify: [ { command: [x], sendmail: /x } ]', '`sendmail` belongs to an e-mail', 'Remove it'],
  ['notify: [ { webhook: "ntfy.sh/mine" } ]', 'a webhook takes a URL', 'https://'],
  ['notify: [ { webhook: "https://example.org/hook" } ]', 'does not show the form', 'Add form'],
  ['notify: [ { webhook: { secret: { from: "nothing" } }, form: json } ]', 'is not a source of a secret', 'env:NAME'],
  ['notify: [ { command: [x], on: [sometimes] } ]', '', ''],
  ['notify: [ { command: tell } ]', 'takes a list', ''],
  ['silence: 5s', 'takes a duration from 1m', ''],
])('%s is an error with its place', (yaml, message, hint) => {
  let problems: readonly { readonly message: string; readonly hint?: string | undefined; readonly at?: unknown }[] = [];
  try {
    read(yaml);
  } catch (error) {
    problems = (error as { readonly problems: typeof problems }).problems;
  }
  expect(problems).toHaveLength(1);
  expect(problems[0]).toMatchObject({ message: expect.stringContaining(message), at: { file: 'swarm.yml', line: 2 } });
  expect(problems[0]?.hint ?? '').toContain(hint);
});
