import { nearest, SwarmError } from '../core/error.ts';
import { listRuns } from '../journal/read.ts';
import type { Entry } from './entry.ts';
import type { Everywhere } from './options.ts';
import { playbookNames } from './playbooks.ts';
import { openProject, type Project } from './project.ts';

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
  const project = await openProject(options).catch(() => undefined); // a shell that completes has no use for our errors
  const found = candidates(typed.slice(0, -1), last, commands, project);
  process.stdout.write(
    [...new Set(found)]
      .filter((word) => word.startsWith(last))
      .map((word) => `${word}\n`)
      .join(''),
  );
  return 0;
}

const OPTIONS = ['-C', '-i', '-l', '-o', '-v', '-q', '--color', '--help', '--limit', '--inventory', '--output', '--verbose', '--quiet'];

function candidates(before: readonly string[], last: string, commands: readonly Entry[], project: Project | undefined): readonly string[] {
  const visible = commands.filter((entry) => entry.hidden === undefined);
  const plain = before.filter((word) => !word.startsWith('-'));
  const previous = before.at(-1) ?? '';
  if (previous === '-o' || previous === '--output') return ['auto', 'plain', 'json', 'ndjson'];
  if (previous === '-l' || previous === '--limit') return hostNames(project);
  if (previous === '-t' || previous === '--tags' || previous === '--skip-tags') return [];
  const entry = visible.find(({ usage }) => {
    const words = literal(usage);
    return words.every((word, at) => plain[at] === word);
  });
  if (last.startsWith('-'))
    return [...OPTIONS, ...(entry?.options ?? []).flatMap(([flags]) => flags.split(/[ ,]+/).filter((word) => word.startsWith('-')))];
  if (entry === undefined) {
    const next = visible.map(({ usage }) => literal(usage)).filter((words) => plain.every((word, at) => words[at] === word));
    return next.flatMap((words) => words[plain.length] ?? []);
  }
  return argumentOf(entry.usage, plain.length - literal(entry.usage).length, project);
}

const literal = (usage: string): readonly string[] => usage.split(' ').filter((word) => /^[a-z]/.test(word));

function argumentOf(usage: string, at: number, project: Project | undefined): readonly string[] {
  const argument = usage.split(' ').filter((word) => /^[<[]/.test(word))[at] ?? '';
  if (/playbook/.test(argument)) return playbookNames(project?.dir);
  if (/pattern|name|host/.test(argument)) return hostNames(project);
  if (/run\]/.test(argument)) return ['last', ...(project === undefined ? [] : listRuns(project.runs).map(({ run }) => run))];
  if (/shell/.test(argument)) return Object.keys(scripts);
  return [];
}

const hostNames = (project: Project | undefined): readonly string[] =>
  project === undefined ? [] : [...project.inventory.hosts.map((host) => host.name), ...project.inventory.groups];
