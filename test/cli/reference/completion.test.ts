import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test, vi } from 'vitest';
import { commands } from '../../../src/cli/commands.ts';
import type { GlobalOptions } from '../../../src/cli/define-command.ts';
import { completeCommand } from '../../../src/cli/reference/completion.ts';

const dir = mkdtempSync(join(tmpdir(), 'swarm-complete-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
for (const folder of ['inventory', 'playbooks', 'modules']) mkdirSync(join(dir, folder));
writeFileSync(join(dir, 'inventory/swarm.yml'), 'hosts:\n  tarn: { groups: [drones], routes: [{ local: 10.0.0.1 }] }\n');
writeFileSync(
  join(dir, 'playbooks/site.yml'),
  '- hosts: all\n  tags: [base]\n  tasks: [{ command: "true", tags: "web" }, { block: [{ ping: {}, tags: [deep] }] }]\n',
);
writeFileSync(join(dir, 'playbooks/torn.yml'), '- hosts: [\n');
writeFileSync(join(dir, 'modules/motd.ts'), '');
const options = { directory: dir, output: 'auto', color: 'auto', verbose: 0 } as GlobalOptions;

/** The candidates for the last word. */
async function complete(...words: string[]): Promise<readonly string[]> {
  const printed: string[] = [];
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
  try {
    expect(await completeCommand(['--', ...words], commands, options)).toBe(0);
  } finally {
    write.mockRestore();
  }
  return printed.join('').split('\n').slice(0, -1);
}

test('the first word is a command or a group, without hidden commands', async () => {
  const found = await complete('');
  expect(found).toEqual(expect.arrayContaining(['run', 'hosts', 'modules', 'check']));
  expect(found).not.toContain('complete');
  expect(await complete('mod')).toEqual(['modules']);
});

test('the word after a group is one of its commands', async () => {
  expect(await complete('modules', '')).toEqual(expect.arrayContaining(['show', 'new', 'test']));
});

test.each([
  ['playbooks', ['run', 'si'], ['site']],
  ['hosts of an option', ['-l', 'ta'], ['tarn']],
  ['groups too', ['run', 'site', '--limit', 'dro'], ['drones']],
  ['choices of an option', ['-o', 'nd'], ['ndjson']],
  ['tags at every depth', ['run', 'site', '--tags', ''], ['base', 'web', 'deep']],
  ['tags of a playbook that cannot be read', ['run', 'torn', '--tags', ''], []],
  ['tags of no playbook', ['run', 'nowhere', '--tags', ''], []],
  ['modules of the project', ['modules', 'show', 'mot'], ['motd']],
  ['codes of errors', ['explain', 'SW1111'], ['SW1111']],
  ['a playbook after an option with a value', ['run', '-l', 'tarn', 'si'], ['site']],
  ['nothing for a free value', ['-C', ''], []],
])('%s', async (_, words, expected) => {
  expect(await complete(...words)).toEqual(expected);
});

test('the newest run has the name last', async () => {
  expect(await complete('runs', 'show', '')).toEqual(['last']);
});

test('a dash offers the options of the command and those of every command, once', async () => {
  const found = await complete('run', 'site', '--');
  expect(found).toEqual(expect.arrayContaining(['--check', '--limit', '--help']));
  expect(found).toEqual([...new Set(found)]);
  expect(await complete('modules', '--che')).toEqual([]);
});
