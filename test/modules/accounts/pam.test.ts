import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import pamLimits from '../../../modules/accounts/pam_limits.ts';
import pamd from '../../../modules/accounts/pamd.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { editPamRules, type PamEdit } from '../../../src/sdk/edit/edit-pam-rules.ts';
import { createLocalHost, driveModule } from '../local-host.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'swarm-pam-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function run(module: AnyModule, args: Readonly<Record<string, unknown>>) {
  const host = createLocalHost(dir);
  const { changes, result } = await driveModule(module.run(host, module.args.parse(args)), host);
  return { changes: changes.length, result, notices: host.notices };
}

const LOGIN = `# login
auth       required pam_env.so
auth       [success=1 default=ignore] pam_unix.so nullok \\
           try_first_pass
@include common-account

session    optional pam_motd.so motd=/run/motd [a = b]
`;

describe('a rule of PAM', () => {
  const unix = { type: 'auth', control: '[ success = 1  default=ignore ]', path: 'pam_unix.so' };
  const faillock = { type: 'auth', control: 'required', path: 'pam_faillock.so' };
  const line = (text: string, word: string) => text.split('\n').find((each) => each.includes(word));

  test.each<[string, PamEdit, string | undefined]>([
    ['that is changed', { do: 'change', to: { control: 'sufficient' } }, 'auth       sufficient pam_unix.so nullok try_first_pass'],
    [
      'that gets other arguments',
      { do: 'change', to: {}, arguments: ['shadow'] },
      'auth       [success=1 default=ignore] pam_unix.so shadow',
    ],
    [
      'that gets one argument more',
      { do: 'add arguments', arguments: ['nullok', 'minlen=8'] },
      'auth       [success=1 default=ignore] pam_unix.so nullok try_first_pass minlen=8',
    ],
    [
      'that loses one',
      { do: 'remove arguments', arguments: ['nullok'] },
      'auth       [success=1 default=ignore] pam_unix.so try_first_pass',
    ],
    ['that is removed', { do: 'remove' }, undefined],
  ])('%s', (_, edit, expected) => {
    const { text, matched } = editPamRules(LOGIN, unix, edit);
    expect([matched, line(text, 'pam_unix')?.replace(/\[ success.*\]/, '[success=1 default=ignore]')]).toEqual([1, expected]);
    expect(editPamRules(text, edit.do === 'change' ? { ...unix, ...edit.to } : unix, edit).text).toBe(text);
    for (const kept of ['# login', '@include common-account', 'session    optional pam_motd.so motd=/run/motd [a = b]'])
      expect(text.split('\n')).toContain(kept);
  });

  test.each(['before', 'after'] as const)('a new rule is put in %s it, once', (at) => {
    const edit: PamEdit = { do: 'insert', at, rule: faillock, arguments: ['deny=4'] };
    const { text } = editPamRules(LOGIN, unix, edit);
    const words = text.split('\n').map((each) => /pam_\w+/.exec(each)?.[0]);
    expect(words.indexOf('pam_faillock') - words.indexOf('pam_unix')).toBe(at === 'before' ? -1 : 2);
    expect(editPamRules(text, unix, edit).text).toBe(text);
  });

  test('an argument with another value of its name takes its place', () => {
    const motd = { type: 'session', control: 'optional', path: 'pam_motd.so' };
    const { text } = editPamRules(LOGIN, motd, { do: 'add arguments', arguments: ['motd=/etc/motd'] });
    expect(line(text, 'pam_motd')).toBe('session    optional pam_motd.so motd=/etc/motd [a = b]');
  });

  test('empty lines stay where a rule changes, also at the end', () => {
    const edit: PamEdit = { do: 'remove arguments', arguments: ['nullok'] };
    const key = { type: 'auth', control: 'required', path: 'a.so' };
    for (const end of ['', '\n', '\n\n', '\n\n# x\n\n', '\nauth required b.so \\\n'])
      expect(editPamRules(`\nauth required a.so nullok${end}`, key, edit).text).toBe(`\nauth       required a.so${end || '\n'}`);
  });

  test('a file without such a rule stays byte for byte, also without a line break at its end', () => {
    for (const text of ['', '\n', '#x', `${LOGIN}\n\nauth`])
      expect(editPamRules(text, { ...unix, path: 'none' }, { do: 'remove' })).toEqual({ text, matched: 0 });
  });
});

test('pamd says when no rule matches, and fails where the service is missing', async () => {
  await writeFile(join(dir, 'login'), LOGIN);
  const args = { name: 'login', path: dir, type: 'auth', control: 'required', module_path: 'pam_none.so', new_control: 'optional' };
  const { changes, result, notices } = await run(pamd, args);
  expect([changes, result]).toEqual([0, { path: join(dir, 'login'), matched: 0 }]);
  expect(notices).toMatchObject([{ type: 'run.note', text: expect.stringContaining('has no rule auth required pam_none.so') }]);
  await expect(run(pamd, { ...args, name: 'missing' })).rejects.toThrow(/missing/);
});

test.each([{ module_arguments: 'nullok \\' }, { module_arguments: ['[a b'] }, { new_control: '[success=1\n default=ignore]' }])(
  'pamd refuses %j, which would break its line',
  (more) => {
    const args = { name: 'login', type: 'auth', control: 'required', module_path: 'pam_unix.so' };
    expect(pamd.args.safeParse({ ...args, module_arguments: 'a=[b [c d] e\\f' }).success).toBe(true);
    expect(pamd.args.safeParse({ ...args, ...more }).success).toBe(false);
  },
);

test.each([
  ['', {}, '@web\tsoft\tnofile\t100\t#why\n'],
  ['@web soft nofile 50 # old', {}, '@web\tsoft\tnofile\t100\t#why\n'],
  ['@web soft nofile 50 # old', { comment: '' }, '@web\tsoft\tnofile\t100\t# old\n'],
  ['@web  soft nofile 200\n', { use_max: true }, '@web  soft nofile 200\n'],
  ['@web soft nofile unlimited\n', { use_max: true }, '@web soft nofile unlimited\n'],
  ['@web soft nofile -1\n', { use_max: true }, '@web soft nofile -1\n'],
  ['@web soft nice -1\n', { use_max: true, limit_item: 'nice' }, '@web\tsoft\tnice\t100\t#why\n'],
  ['@web soft nofile 200\n', { use_min: true }, '@web\tsoft\tnofile\t100\t#why\n'],
  ['#@web soft nofile 100\r\n* - core 0\r\n', {}, '#@web soft nofile 100\r\n* - core 0\r\n@web\tsoft\tnofile\t100\t#why\r\n'],
])('pam_limits makes of %j, with %j, %j', async (before, more, after) => {
  await writeFile(join(dir, 'limits'), before);
  const args = { domain: '@web', limit_type: 'soft', limit_item: 'nofile', value: 100, comment: 'why', dest: join(dir, 'limits'), ...more };
  await run(pamLimits, args);
  expect(await readFile(join(dir, 'limits'), 'utf8')).toBe(after);
  expect((await run(pamLimits, args)).changes).toBe(0);
});
