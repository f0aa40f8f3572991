import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/cli/commands.ts';
import { type SwarmError, ValidationError } from '../../src/core/error/swarm-error.ts';
import { errorCodes } from '../../src/core/error-codes.ts';
import { ANSIBLE_INVENTORY_KEYS } from '../../src/language/inventory/inventory-schema.ts';
import { parseInventory } from '../../src/language/inventory/read-inventory.ts';
import { ANSIBLE_KEYWORDS, findKeywordHint } from '../../src/language/playbook/ansible/ansible-keywords.ts';
import { parsePlaybook } from '../../src/language/playbook/read-playbook.ts';
import { fakeModules } from './fake-modules.ts';
import { fixtures, fleetSource } from './fleet.ts';

const faults = join(fixtures, 'faults');
const fromFixtures = readdirSync(faults)
  .filter((name) => name.endsWith('.txt'))
  .flatMap((name) => readFileSync(join(faults, name), 'utf8').match(/(?<=^hint: ).*$/gm) ?? []);
const fromTables = [...Object.values(ANSIBLE_KEYWORDS), ...Object.values(ANSIBLE_INVENTORY_KEYS)];
const withKinds = ['with_items', 'with_dict', 'with_sequence'].map((key) => findKeywordHint(key) ?? '');

/** The text after `Write:` or `for example:`, up to the end of its sentence. */
const exampleOf = (hint: string): string | undefined => /(?:Write|for example): (.*?)(?:\. [A-Z].*)?$/.exec(hint)?.[1];

const withExample = (table: Readonly<Record<string, string>>): readonly (readonly [string, string])[] =>
  Object.entries(table).flatMap(([key, hint]) => {
    const example = exampleOf(hint);
    return example === undefined ? [] : [[key, example]];
  });

async function problemsOf(read: () => unknown): Promise<readonly SwarmError[]> {
  try {
    await read();
    return [];
  } catch (thrown) {
    if (thrown instanceof ValidationError) return thrown.problems;
    throw thrown;
  }
}

const playbook = (task: string) => `plays:\n  - hosts: all\n    tasks:\n      - ${task}\n`;
const problemsOfPlaybook = (text: string) => problemsOf(() => parsePlaybook('/tmp/x.yml', text, fakeModules));
const codesOfPlaybook = async (text: string) => (await problemsOfPlaybook(text)).map(({ code }) => code);
const codesOfInventory = async (text: string) =>
  (await problemsOf(() => parseInventory(fleetSource, 'inventory/swarm.yml', text))).map(({ code }) => code);

test.each([...new Set([...fromFixtures, ...fromTables, ...withKinds])])('a hint is a sentence: %s', (hint) => {
  expect(hint).toMatch(/^\p{Lu}/u);
  expect(hint, 'ends with a full stop, or with what to type').toMatch(/[.?]$|: .+$|^Remove the braces/);
});

describe('the example of a hint is accepted as it stands', () => {
  test.each(withExample(ANSIBLE_KEYWORDS))('in a task, instead of %s: %s', async (_, example) => {
    const hasModule = /^(?:command|shell|import_tasks|include_tasks):/.test(example);
    const codes = await codesOfPlaybook(playbook(hasModule ? example : `ping: {}\n        ${example}`));
    expect(codes.filter((code) => code !== 'SW1116')).toEqual([]); // FILE.yml does not exist
  });

  test.each(withExample(ANSIBLE_INVENTORY_KEYS))('in an inventory, instead of %s: %s', async (_, example) => {
    const text = example
      .replace('ADDRESS', '10.0.0.9')
      .replace('[GROUP]', '[other]')
      .replaceAll('NAME', 'web')
      .replace('PATH', '~/.ssh/web');
    const routes = text.startsWith('routes:') ? '' : '\n    routes: [ { local: 10.0.0.9 } ]';
    const host = `hosts:\n  one:${routes}`;
    const top = text.startsWith('groups:') ? `${text}\n${host}\n` : `${host}\n    ${text}\n`;
    const more = text.includes('[other]') ? top.replace('groups: {', 'groups: { other: {},') : top;
    expect(await codesOfInventory(more)).toEqual([]);
  });

  test('a task without a module', async () => {
    const [hint = ''] = fromFixtures.filter((each) => each.startsWith('Add the module'));
    expect(await codesOfPlaybook(playbook(exampleOf(hint) ?? 'no example'))).toEqual([]);
  });

  test('a play that is not a mapping', async () => {
    const problems = await problemsOfPlaybook('plays:\n  - drones\n');
    expect(problems.map(({ code }) => code)).toEqual(['SW1109']);
    expect(await codesOfPlaybook(`plays:\n  ${exampleOf(problems[0]?.hint ?? '')}\n`)).toEqual([]);
  });

  test.each(fromFixtures.filter((hint) => /^Write: (?:mode|routes|path): /.test(hint)))('%s', async (hint) => {
    const example = (exampleOf(hint) ?? '').replace('ADDRESS', '10.0.0.9');
    if (example.startsWith('mode:')) expect(await codesOfPlaybook(playbook(`copy: { src: a, dest: /a, ${example} }`))).toEqual([]);
    else if (example.startsWith('path:')) expect(await codesOfInventory(`binhost: { ${example} }\n`)).toEqual([]);
    else expect(await codesOfInventory(`hosts: { one: { ${example} } }\n`)).toEqual([]);
  });
});

test('the YAML in the explanations of the errors is accepted', async () => {
  const fix = (code: keyof typeof errorCodes): string => errorCodes[code].explain.fix;
  expect(fix('SW1005')).toContain('mode: "0644"');
  expect(await codesOfPlaybook(playbook('copy: { src: a, dest: /a, mode: "0644" }'))).toEqual([]);
  expect(fix('SW1006')).toContain('secret: { from: "env:NAME" }');
  expect(fix('SW1207')).toContain('secret: { from: "env:NAME" }');
  expect(await codesOfInventory('groups: { all: { vars: { token: { secret: { from: "env:NAME" } } } } }\n')).toEqual([]);
  expect(fix('SW1301')).toContain('jump: { via: HOST, address: ADDRESS }');
  const jump = 'two: { routes: [ { jump: { via: one, address: 10.0.0.8 } } ] }';
  expect(await codesOfInventory(`hosts: { one: { routes: [ { local: 10.0.0.9 } ] }, ${jump} }\n`)).toEqual([]);
});

const names = commands.map(({ name }) => name);
const typed = [
  ...Object.entries(errorCodes).map(([code, { explain }]) => [code, explain.fix] as const),
  ...fromTables.map((hint) => ['hint', hint] as const),
];

test.each(typed.filter(([, text]) => /(?:run|again|to|too|see|swarm)?: swarm [a-z]/.test(text)))(
  '%s names commands that exist: %s',
  (_, text) => {
    for (const [, line = ''] of text.matchAll(/: swarm ((?:[a-z]+ ?)+)/g)) {
      const [first = '', second = ''] = line.trim().split(' ');
      expect(
        [first, `${first} ${second}`, `${first} show`].some((name) => names.includes(name)),
        `swarm ${line}`,
      ).toBe(true);
    }
  },
);
