import { SwarmError } from '../core/error.ts';

const DESTROY = new Set(['reboot', 'halt', 'poweroff', 'shutdown', 'kexec', 'openrc-shutdown']);
const RUNLEVEL = new Set(['init', 'telinit']);
const MANAGER = new Set(['systemctl', 'loginctl']);
const MANAGED = new Set(['reboot', 'halt', 'poweroff', 'kexec', 'soft-reboot', 'rescue', 'emergency']);
const SHELLS = new Set(['sh', 'bash', 'dash', 'ash', 'zsh', 'ksh', 'su', 'eval']);
/** Words in front of a command that run it: which short options take a value, how many operands come before the command. */
const PREFIX: Readonly<Record<string, { readonly valued?: string; readonly operands?: number }>> = {
  sudo: { valued: 'ugphCTUrtDR' },
  doas: { valued: 'uC' },
  env: { valued: 'uCS' },
  nice: { valued: 'n' },
  ionice: { valued: 'cn' },
  timeout: { valued: 'sk', operands: 1 },
  flock: { valued: 'wE', operands: 1 },
  chroot: { operands: 1 },
  taskset: { operands: 1 },
  chrt: { operands: 1 },
  time: { valued: 'fo' },
  exec: { valued: 'a' },
  xargs: { valued: 'InPLdaEs' },
  stdbuf: { valued: 'ioe' },
  nsenter: { valued: 't' },
  'systemd-run': { valued: 'upEMH' },
  ...Object.fromEntries(['nohup', 'command', 'setsid', 'busybox', 'unshare', 'builtin'].map((name) => [name, {}])),
  ...Object.fromEntries(['then', 'do', 'else', 'elif', 'if', 'while', 'until', '!', '{'].map((name) => [name, {}])),
};

/**
 * The refusal (SW3007) of a command that would reboot or power off a machine past the guards; undefined for any other.
 * A list is an argument list, a text is shell text. It stops mistakes: who wants to hide a reboot in shell text can.
 */
export function forbiddenWords(command: readonly string[] | string): SwarmError | undefined {
  const culprit = typeof command === 'string' ? inShell(command) : inWords(command);
  if (culprit === undefined) return undefined;
  return new SwarmError('SW3007', `"${culprit}" reboots or powers off the machine`, {
    hint: 'use the module reboot: it proves the machine first and asks the guards',
  });
}

function inShell(text: string): string | undefined {
  if (/>\s*\/proc\/sysrq-trigger/.test(text)) return '/proc/sysrq-trigger';
  for (const words of simpleCommands(text)) {
    const culprit = inWords(words);
    if (culprit !== undefined) return culprit;
  }
  return undefined;
}

function inWords(words: readonly string[]): string | undefined {
  const [word, ...rest] = words.slice(commandAt(words));
  if (word === undefined) return undefined;
  const name = basename(word);
  if (DESTROY.has(name)) return name;
  if (RUNLEVEL.has(name)) {
    const level = rest.find((each) => each === '0' || each === '6');
    return level === undefined ? undefined : `${name} ${level}`;
  }
  if (MANAGER.has(name)) {
    const verb = rest.find((each) => MANAGED.has(each.replace(/\.target$/, '')));
    return verb === undefined ? undefined : `${name} ${verb}`;
  }
  if (!SHELLS.has(name)) return undefined;
  for (const text of name === 'eval' ? [rest.join(' ')] : rest) {
    const culprit = inShell(text);
    if (culprit !== undefined) return culprit;
  }
  return undefined;
}

/** Where the command itself stands: behind assignments and words like sudo, with their options. */
function commandAt(words: readonly string[]): number {
  let at = 0;
  for (;;) {
    while (/^\w+=/.test(words[at] ?? '')) at += 1;
    const prefix = PREFIX[basename(words[at] ?? '')];
    if (prefix === undefined) return at;
    at += 1;
    for (let word = words[at]; word?.startsWith('-') && word !== '-'; word = words[at]) {
      at += word.length === 2 && prefix.valued?.includes(word[1] ?? '-') ? 2 : 1;
    }
    while (/^\w+=/.test(words[at] ?? '')) at += 1;
    at += prefix.operands ?? 0;
  }
}

const basename = (word: string): string => word.slice(word.lastIndexOf('/') + 1);

/** Shell text cut into its simple commands, each a list of words without quotes; what stands in $( ) and ` ` too. */
function simpleCommands(text: string): string[][] {
  const commands: string[][] = [[]];
  let word: string | undefined;
  const endWord = (): void => {
    if (word !== undefined) commands.at(-1)?.push(word);
    word = undefined;
  };
  const endCommand = (): void => {
    endWord();
    commands.push([]);
  };
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    if (quote === "'") {
      if (char === "'") quote = '';
      else word += char;
    } else if (char === '\\') {
      at += 1;
      if (text[at] !== '\n') word = (word ?? '') + (text[at] ?? '');
    } else if (char === '`' || (char === '$' && text[at + 1] === '(')) {
      endCommand();
      quote = '';
    } else if (quote === '"') {
      if (char === '"') quote = '';
      else word = (word ?? '') + char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/[;&|\n()]/.test(char)) {
      endCommand();
    } else if (char === '#' && word === undefined) {
      while (at < text.length && text[at] !== '\n') at += 1;
      endCommand();
    } else if (/\s/.test(char)) {
      endWord();
    } else {
      word = (word ?? '') + char;
    }
  }
  endCommand();
  return commands.filter((words) => words.length > 0);
}
