import { readOptionalText } from '../../core/files/read-local-file.ts';
import { findPlaybook, listPlaybookNames } from '../../fleet/project/find-playbook.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { listRuns } from '../../journal/runs/run-list.ts';
import {
  type ArgDeclaration,
  type CommandDeclaration,
  type GlobalOptions,
  globalOptions,
  type OptionDeclaration,
  type ValueKind,
} from '../define-command.ts';

/** `swarm complete -- WORD...`: the candidates for the last word, one a line; empty where nothing can be known. */
export async function completeCommand(
  words: readonly string[],
  commands: readonly CommandDeclaration[],
  options: GlobalOptions,
): Promise<number> {
  const typed = words[0] === '--' ? words.slice(1) : words;
  const last = typed.at(-1) ?? '';
  const at = typed.findIndex((word) => word === '-C' || word === '--directory');
  const directory = at < 0 ? options.directory : typed[at + 1];
  const project = await openProject({ ...options, ...(directory === undefined ? {} : { directory }) }).catch(() => undefined); // a shell that completes cannot show our errors
  const found = await findCandidates(typed.slice(0, -1), last, commands, project);
  process.stdout.write(
    [...new Set(found)]
      .filter((word) => word.startsWith(last) && !/\p{Cc}/u.test(word)) // a control character would reach the terminal
      .map((word) => `${word}\n`)
      .join(''),
  );
  return 0;
}

const optionWords = ({ flags }: OptionDeclaration): readonly string[] => flags.split(/[ ,]+/).filter((word) => word.startsWith('-'));

interface TypedWords {
  /** Words that are neither options nor their values. */
  readonly plain: readonly string[];
  /** The option whose value is being typed. */
  readonly option: OptionDeclaration | undefined;
}

function parseTyped(before: readonly string[], options: readonly OptionDeclaration[]): TypedWords {
  const plain: string[] = [];
  let option: OptionDeclaration | undefined;
  for (const word of before) {
    if (option !== undefined) option = undefined;
    else if (!word.startsWith('-')) plain.push(word);
    else option = options.find((each) => each.flags.includes('<') && optionWords(each).includes(word));
  }
  return { plain, option };
}

async function findCandidates(
  before: readonly string[],
  last: string,
  commands: readonly CommandDeclaration[],
  project: Project | undefined,
): Promise<readonly string[]> {
  const visible = commands.filter(({ hidden }) => !hidden).map((command) => ({ command, words: command.name.split(' ') }));
  const everywhere: readonly OptionDeclaration[] = Object.values(globalOptions);
  const first = parseTyped(before, everywhere).plain;
  const found = visible.find(({ words }) => words.every((word, at) => first[at] === word));
  const options = [...everywhere, ...Object.values(found?.command.options ?? {})];
  const { plain, option } = parseTyped(before, options);
  if (option !== undefined) return option.choices ?? listValues(option.values, plain, project);
  if (last.startsWith('-')) return [...options.flatMap(optionWords), '-h', '--help'];
  if (found !== undefined) {
    const arg = nextArg(found.command.args, plain.length - found.words.length);
    return listValues(arg?.values, plain, project);
  }
  const next = visible.filter(({ words }) => plain.every((word, at) => words[at] === word));
  return next.flatMap(({ words }) => words[plain.length] ?? []);
}

/** The argument that the word after so many stands for. */
const nextArg = (args: readonly ArgDeclaration[], given: number): ArgDeclaration | undefined =>
  args[given] ?? (args.at(-1)?.usage.includes('...') ? args.at(-1) : undefined);

async function listValues(
  kind: ValueKind | readonly string[] | undefined,
  plain: readonly string[],
  project: Project | undefined,
): Promise<readonly string[]> {
  switch (kind) {
    case undefined:
      return [];
    case 'hosts':
      return project === undefined ? [] : [...project.inventory.hosts.map((host) => host.name), ...project.inventory.groups];
    case 'playbooks':
      return listPlaybookNames(project?.dir);
    case 'runs':
      return ['last', ...(project === undefined ? [] : listRuns(project.runsDir).map(({ run }) => run))];
    case 'tags':
      return readPlaybookTags(plain[0] === 'push' ? 'push' : (plain[1] ?? ''), project);
    case 'modules':
      return (await import('../../engine/module-source.ts')).moduleSource(project?.dir).names;
    case 'codes':
      return Object.keys((await import('../../core/error-codes.ts')).errorCodes);
    default:
      return kind;
  }
}

/** Tags of a playbook, without checking it: a shell that completes must not wait for modules. */
async function readPlaybookTags(name: string, project: Project | undefined): Promise<readonly string[]> {
  const file = findPlaybook(name, project?.dir);
  if (file === undefined) return [];
  const { parse } = await import('yaml');
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'tags') found.push(...[inner].flat().filter((tag): tag is string => typeof tag === 'string'));
      else walk(inner);
    }
  };
  try {
    walk(parse(readOptionalText(file) ?? ''));
  } catch {
    return []; // `swarm check` shows what is wrong with it
  }
  return found;
}
