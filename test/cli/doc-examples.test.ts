import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../../src/cli/commands.ts';
import { type CommandDeclaration, longOptions } from '../../src/cli/define-command.ts';
import { loadBuiltInModules } from '../../src/engine/module-source.ts';
import { inventorySchema } from '../../src/language/inventory/inventory-schema.ts';
import { createPlaybookSchema, createTasksSchema } from '../../src/language/playbook/shapes/playbook-schema.ts';
import { KEYWORD_MODULES } from '../../src/language/playbook/steps/keyword-modules.ts';

const root = join(import.meta.dirname, '../..');
const pagesIn = (folder: string): readonly string[] =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const pages = ['README.md', 'CONTRIBUTING.md', 'examples/README.md', ...pagesIn('docs'), ...pagesIn('docs/adr')].map((name) => ({
  name,
  text: readFileSync(join(root, name), 'utf8'),
}));

const argsOf = (text: string): readonly string[] => Object.keys((parse(text) as { readonly args?: object } | null)?.args ?? {});
const yamlOf = (text: string): readonly string[] => [...text.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, yaml = '']) => yaml);

/** Arguments of playbooks that `swarm run` and `swarm push` take as options: of those built in, and of those that the docs show. */
const playbookArgs = [
  ...readdirSync(join(root, 'playbooks')).map((name) => readFileSync(join(root, 'playbooks', name), 'utf8')),
  ...pages.flatMap(({ text }) => yamlOf(text)),
].flatMap(argsOf);

/** The commands of a page that a person can type: indented, or in backquotes with an option or an argument. */
const commandsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^ {4}swarm (.*)$|`swarm ([^`\n]*)`/gm)].map(([, line, inline]) =>
    (line ?? inline ?? '').replace(/ +#.*$| [|>].*$| && .*$/, '').trim(),
  );

function problemOf(typed: string): string | undefined {
  const words: readonly string[] = typed.match(/"[^"]*"|'[^']*'|[^\s"']+(?:"[^"]*"|'[^']*')?/g) ?? [];
  const command = findCommand(words);
  if (command === undefined)
    return words.length === 0 || words[0]?.startsWith('-') === true || isGroup(words[0]) ? undefined : 'no such command';
  const known = [
    ...longOptions(command),
    '--help',
    ...(/^(?:run|push|task)/.test(command.name) ? playbookArgs.map((name) => `--${name}`) : []),
  ];
  const end = words.indexOf('--');
  const given = (end === -1 ? words : words.slice(0, end))
    .filter((word) => word.startsWith('--'))
    .map((word) => word.replace(/=.*|[|\])]+.*$/, ''));
  const unknown = given.find((option) => !known.includes(option));
  return unknown === undefined ? undefined : `no option ${unknown}`;
}

const findCommand = (words: readonly string[]): CommandDeclaration | undefined =>
  commands.find(({ name }) => name === words.slice(0, 2).join(' ')) ?? commands.find(({ name }) => name === words[0]);
const isGroup = (word = ''): boolean => word === 'help' || commands.some(({ name }) => name.startsWith(`${word} `));

test.each(pages)('every command in $name exists, with its options', ({ text }) => {
  const wrong = commandsOf(text).flatMap((typed) => {
    const problem = problemOf(typed);
    return problem === undefined ? [] : [`swarm ${typed}: ${problem}`];
  });
  expect(wrong).toEqual([]);
});

const modules = new Map([...(await loadBuiltInModules()), ...Object.entries(KEYWORD_MODULES)]);
const withTemplates = (schema: z.ZodType): z.ZodType => z.union([z.string().regex(/\{\{/), schema]);
const args = Object.fromEntries(
  [...modules, ['motd', { args: z.strictObject({ text: z.string() }) }] as const] // the module of docs/writing-modules.md
    .map(([name, module]) => [
      name,
      z
        .union([module.args, z.string(), z.null()])
        .or(withTemplates(z.looseObject({})))
        .optional(),
    ]),
);
const playbook = createPlaybookSchema(args);
const forms = [playbook, playbook.shape.plays, createTasksSchema(args), inventorySchema];

test.each(pages)('every example in YAML of $name has only keys that exist', ({ text }) => {
  const wrong = yamlOf(text).flatMap((example) => {
    const value: unknown = parse(example);
    const isKnown = [value, [value], [{ hosts: 'all', ...Object(value) }]].some((each) =>
      forms.some((form) => form.safeParse(each).success),
    );
    return isKnown || example.includes('of Ansible') ? [] : [example];
  });
  expect(wrong).toEqual([]);
});
