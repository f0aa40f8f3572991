import { unknownNameError } from '../../core/unknown-name.ts';
import { SHELL_NAMES } from './known-names.ts';

/** Each asks `swarm complete` with the words so far, so that hosts, playbooks and runs complete too. */
const COMPLETION_SCRIPTS: Readonly<Record<(typeof SHELL_NAMES)[number], string>> = {
  // `compgen -W` would expand $( ) in a name, so each line is taken as it is and quoted
  bash: `_swarm() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    printf -v line %q "$line"
    COMPREPLY+=("$line")
  done < <(swarm complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
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
  const known = SHELL_NAMES.find((name) => name === shell);
  if (known === undefined) throw unknownNameError('shell', shell, SHELL_NAMES);
  process.stdout.write(COMPLETION_SCRIPTS[known]);
  return 0;
}
