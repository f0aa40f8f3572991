import { readFileSync } from 'node:fs';
import { unknownNameError } from '../../core/unknown-name.ts';
import { findPlaybook, listPlaybookNames } from '../../fleet/project/find-playbook.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { listRuns } from '../../journal/read-journal.ts';
import type { CommandEntry } from '../command-entry.ts';
import type { GlobalOptions } from '../options.ts';

/** Each asks `swarm complete` with the words so far, so that hosts, playbooks and runs complete too. */
const COMPLETION_SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_swarm() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "$(swarm complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _swarm swarm
`,
  zsh: `#compdef swarm
_swarm() {
  local -a found
  found=(\${(f)"$(swarm complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  compadd -a found || _files
}
compdef _swarm swarm
`,
  fish: `complete -c swarm -f -a '(swarm complete -- (commandline -opc)[2..-1] (commandline -ct) 2>/dev/null)'
`,
};

/** `swarm completion SHELL`: for `source <(swarm completion bash)`. */
export async function printCompletionCommand(shell: string): Promise<number> {
  const script = COMPLETION_SCRIPTS[shell];
  if (script === undefined) throw unknownNameError('shell', shell, Object.keys(COMPLETION_SCRIPTS));
  process.stdout.write(script);
  return 0;
}

/** `swarm complete -- WORD...`: the candidates for the last word, one a line; empty where nothing can be known. */
export async function completeCommand(
  words: readonly string[],
  commands: readonly CommandEntry[],
  options: GlobalOptions,
): Promise<number> {
  const typed = words[0] === '--' ? words.slice(1) : words;
  const last = typed.at(-1) ?? '';
  const at = typed.findIndex((word) => word === '-C' || word === '--directory');
  const directory = at < 0 ? options.directory : typed[at + 1];
  const project = await openProject({ ...options, ...(directory === undefined ? {} : { directory }) }).catch(() => undefined); // a shell that completes has no use for our errors
  const found = await findCandidates(typed.slice(0, -1), last, commands, project);
  process.stdout.write(
    [...new Set(found)]
      .filter((word) => word.startsWith(last))
      .map((word) => `${word}\n`)
      .join(''),
  );
  return 0;
}

/** Of every command; those with a value first. */
const OPTIONS_WITH_VALUE = ['-C', '-i', '-l', '-o', '--directory', '--inventory', '--limit', '--output', '--color'];
const GLOBAL_OPTION_WORDS = [...OPTIONS_WITH_VALUE, '-v', '-q', '--help', '--verbose', '--quiet'];

interface TypedWords {
  /** Words that are neither options nor their values. */
  readonly plain: readonly string[];
  /** The option whose value is being typed. */
  readonly option: string | undefined;
}

function parseTyped(before: readonly string[], valued: ReadonlySet<string>): TypedWords {
  const plain: string[] = [];
  let option: string | undefined;
  for (const word of before) {
    if (option !== undefined) option = undefined;
    else if (valued.has(word)) option = word;
    else if (!word.startsWith('-')) plain.push(word);
  }
  return { plain, option };
}

const optionWords = (entry: CommandEntry | undefined, which: (flags: string) => boolean): readonly string[] =>
  (entry?.options ?? [])
    .filter(([flags]) => which(flags))
    .flatMap(([flags]) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-')));

async function findCandidates(
  before: readonly string[],
  last: string,
  commands: readonly CommandEntry[],
  project: Project | undefined,
): Promise<readonly string[]> {
  const visible = commands.filter((entry) => entry.hidden === undefined);
  const findEntry = (words: readonly string[]): CommandEntry | undefined =>
    visible.find(({ usage }) => commandWords(usage).every((word, at) => words[at] === word));
  const entry = findEntry(parseTyped(before, new Set(OPTIONS_WITH_VALUE)).plain);
  const optionsWithValue = new Set([...OPTIONS_WITH_VALUE, ...optionWords(entry, (flags) => flags.includes('<'))]);
  const { plain, option } = parseTyped(before, optionsWithValue);
  if (option !== undefined) return optionValues(option, plain, project);
  if (last.startsWith('-')) return [...GLOBAL_OPTION_WORDS, ...optionWords(entry, () => true)];
  if (entry === undefined) {
    const next = visible.map(({ usage }) => commandWords(usage)).filter((words) => plain.every((word, at) => words[at] === word));
    return next.flatMap((words) => words[plain.length] ?? []);
  }
  const own = commandWords(entry.usage).length;
  return argumentCandidates(entry.usage, plain.slice(own), project);
}

async function optionValues(option: string, plain: readonly string[], project: Project | undefined): Promise<readonly string[]> {
  if (option === '-o' || option === '--output') return ['auto', 'plain', 'json', 'ndjson'];
  if (option === '--color') return ['auto', 'always', 'never'];
  if (option === '-l' || option === '--limit' || option === '--allow-protected') return listHostNames(project);
  if (option === '-t' || option === '--tags' || option === '--skip-tags')
    return readPlaybookTags(plain[0] === 'push' ? 'push' : (plain[1] ?? ''), project);
  return [];
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
    walk(parse(readFileSync(file, 'utf8')));
  } catch {
    return []; // `swarm check` tells what is wrong with it
  }
  return found;
}

const commandWords = (usage: string): readonly string[] => usage.split(' ').filter((word) => /^[a-z]/.test(word));

async function argumentCandidates(usage: string, given: readonly string[], project: Project | undefined): Promise<readonly string[]> {
  const wanted = usage.split(' ').filter((word) => /^[<[]/.test(word));
  const argument = wanted[given.length] ?? (wanted.at(-1)?.includes('...') ? (wanted.at(-1) ?? '') : '');
  if (usage.startsWith('modules')) return (await import('../../engine/module-source.ts')).moduleSource(project?.dir).names;
  if (usage.startsWith('explain')) return Object.keys((await import('../../core/error-codes.ts')).errorCodes);
  if (usage.startsWith('schema')) return ['inventory', 'playbook', 'events', 'result'];
  if (/playbook/.test(argument)) return listPlaybookNames(project?.dir);
  if (/pattern|name|host/.test(argument)) return listHostNames(project);
  if (/run\]/.test(argument)) return ['last', ...(project === undefined ? [] : listRuns(project.runsDir).map(({ run }) => run))];
  if (/shell/.test(argument)) return Object.keys(COMPLETION_SCRIPTS);
  return [];
}

const listHostNames = (project: Project | undefined): readonly string[] =>
  project === undefined ? [] : [...project.inventory.hosts.map((host) => host.name), ...project.inventory.groups];
