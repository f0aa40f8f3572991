import { readFileSync } from 'node:fs';
import { nearest, SwarmError } from '../../core/error.ts';
import { playbookFile, playbookNames } from '../../fleet/project/find-playbook.ts';
import { openProject, type Project } from '../../fleet/project/project.ts';
import { listRuns } from '../../journal/read-journal.ts';
import type { Entry } from '../command-entry.ts';
import type { Everywhere } from '../options.ts';

/** Each asks `swarm complete` with the words so far, so that hosts, playbooks and runs complete too. */
const scripts: Readonly<Record<string, string>> = {
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
export async function completionCommand(shell: string): Promise<number> {
  const script = scripts[shell];
  if (script === undefined) {
    const near = nearest(shell, Object.keys(scripts));
    throw new SwarmError('SW1203', `no completion for ${shell}`, {
      hint: near === undefined ? 'bash, zsh or fish' : `did you mean ${near}?`,
    });
  }
  process.stdout.write(script);
  return 0;
}

/** `swarm complete -- WORD...`: the candidates for the last word, one a line; empty where nothing can be known. */
export async function completeCommand(words: readonly string[], commands: readonly Entry[], options: Everywhere): Promise<number> {
  const typed = words[0] === '--' ? words.slice(1) : words;
  const last = typed.at(-1) ?? '';
  const at = typed.findIndex((word) => word === '-C' || word === '--directory');
  const directory = at < 0 ? options.directory : typed[at + 1];
  const project = await openProject({ ...options, ...(directory === undefined ? {} : { directory }) }).catch(() => undefined); // a shell that completes has no use for our errors
  const found = await candidates(typed.slice(0, -1), last, commands, project);
  process.stdout.write(
    [...new Set(found)]
      .filter((word) => word.startsWith(last))
      .map((word) => `${word}\n`)
      .join(''),
  );
  return 0;
}

/** Of every command; those with a value first. */
const VALUED = ['-C', '-i', '-l', '-o', '--directory', '--inventory', '--limit', '--output', '--color'];
const OPTIONS = [...VALUED, '-v', '-q', '--help', '--verbose', '--quiet'];

interface Typed {
  /** Words that are neither options nor their values. */
  readonly plain: readonly string[];
  /** The option whose value is being typed. */
  readonly option: string | undefined;
}

function read(before: readonly string[], valued: ReadonlySet<string>): Typed {
  const plain: string[] = [];
  let option: string | undefined;
  for (const word of before) {
    if (option !== undefined) option = undefined;
    else if (valued.has(word)) option = word;
    else if (!word.startsWith('-')) plain.push(word);
  }
  return { plain, option };
}

const wordsOf = (entry: Entry | undefined, which: (flags: string) => boolean): readonly string[] =>
  (entry?.options ?? [])
    .filter(([flags]) => which(flags))
    .flatMap(([flags]) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-')));

async function candidates(
  before: readonly string[],
  last: string,
  commands: readonly Entry[],
  project: Project | undefined,
): Promise<readonly string[]> {
  const visible = commands.filter((entry) => entry.hidden === undefined);
  const named = (words: readonly string[]): Entry | undefined =>
    visible.find(({ usage }) => literal(usage).every((word, at) => words[at] === word));
  const entry = named(read(before, new Set(VALUED)).plain);
  const valued = new Set([...VALUED, ...wordsOf(entry, (flags) => flags.includes('<'))]);
  const { plain, option } = read(before, valued);
  if (option !== undefined) return valuesOf(option, plain, project);
  if (last.startsWith('-')) return [...OPTIONS, ...wordsOf(entry, () => true)];
  if (entry === undefined) {
    const next = visible.map(({ usage }) => literal(usage)).filter((words) => plain.every((word, at) => words[at] === word));
    return next.flatMap((words) => words[plain.length] ?? []);
  }
  const own = literal(entry.usage).length;
  return argumentOf(entry.usage, plain.slice(own), project);
}

async function valuesOf(option: string, plain: readonly string[], project: Project | undefined): Promise<readonly string[]> {
  if (option === '-o' || option === '--output') return ['auto', 'plain', 'json', 'ndjson'];
  if (option === '--color') return ['auto', 'always', 'never'];
  if (option === '-l' || option === '--limit' || option === '--allow-protected') return hostNames(project);
  if (option === '-t' || option === '--tags' || option === '--skip-tags')
    return tagsOf(plain[0] === 'push' ? 'push' : (plain[1] ?? ''), project);
  return [];
}

/** Tags of a playbook, without checking it: a shell that completes must not wait for modules. */
async function tagsOf(name: string, project: Project | undefined): Promise<readonly string[]> {
  const file = playbookFile(name, project?.dir);
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

const literal = (usage: string): readonly string[] => usage.split(' ').filter((word) => /^[a-z]/.test(word));

async function argumentOf(usage: string, given: readonly string[], project: Project | undefined): Promise<readonly string[]> {
  const wanted = usage.split(' ').filter((word) => /^[<[]/.test(word));
  const argument = wanted[given.length] ?? (wanted.at(-1)?.includes('...') ? (wanted.at(-1) ?? '') : '');
  if (usage.startsWith('modules')) return (await import('../../engine/module-source.ts')).moduleSource(project?.dir).names;
  if (usage.startsWith('explain')) return Object.keys((await import('../../core/error-codes.ts')).codes);
  if (usage.startsWith('schema')) return ['inventory', 'playbook', 'events', 'result'];
  if (/playbook/.test(argument)) return playbookNames(project?.dir);
  if (/pattern|name|host/.test(argument)) return hostNames(project);
  if (/run\]/.test(argument)) return ['last', ...(project === undefined ? [] : listRuns(project.runs).map(({ run }) => run))];
  if (/shell/.test(argument)) return Object.keys(scripts);
  return [];
}

const hostNames = (project: Project | undefined): readonly string[] =>
  project === undefined ? [] : [...project.inventory.hosts.map((host) => host.name), ...project.inventory.groups];
