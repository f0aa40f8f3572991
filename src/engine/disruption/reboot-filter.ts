import { SwarmError } from '../../core/error.ts';
import { parseShellCommands, type SimpleCommand } from './shell-commands.ts';

const REBOOT_PROGRAMS = new Set(['reboot', 'halt', 'poweroff', 'shutdown', 'kexec', 'openrc-shutdown', 'systemd-shutdown', 'soft-reboot']);
const SLEEP_VERBS = ['suspend', 'hibernate', 'hybrid-sleep', 'suspend-then-hibernate', 'sleep'];
const DOWN_VERBS = ['reboot', 'halt', 'poweroff', 'shutdown', 'kexec', 'soft-reboot', 'exit', 'ctrl-alt-del', 'rescue', 'emergency'];
const GUEST_VERBS = ['reboot', 'shutdown', 'destroy', 'reset', 'stop', 'poweroff', 'terminate'];
/** Programs of which one word among the arguments takes a machine down, or one of its guests, which may be a host of ours. */
const PROGRAM_VERBS: Readonly<Record<string, readonly string[]>> = {
  systemctl: [...DOWN_VERBS, ...SLEEP_VERBS],
  loginctl: [...DOWN_VERBS, ...SLEEP_VERBS],
  init: ['0', '6'],
  telinit: ['0', '6'],
  openrc: ['shutdown', 'reboot'],
  rc: ['shutdown', 'reboot'],
  ipmitool: ['off', 'cycle', 'reset', 'soft'],
  rtcwake: ['off', 'disk', 'mem', 'standby'],
  ...Object.fromEntries(['virsh', 'qm', 'pct', 'xl', 'machinectl'].map((name) => [name, GUEST_VERBS])),
};
/** Their arguments are shell text, or words of a command. */
const SHELLS = new Set(
  'sh bash dash ash zsh ksh mksh fish su runuser sg script watch eval trap tmux screen parallel expect start-stop-daemon at batch'.split(
    ' ',
  ),
);
const INTERPRETERS = /^(python|perl|ruby|node|lua|php|tclsh|awk|gawk|mawk)[\d.]*$/;
const BUSES = new Set(['busctl', 'dbus-send', 'gdbus', 'qdbus']);
/** Words in front of a command that run it: which short options take a value, how many operands come before the command. */
const PREFIX_COMMANDS: Readonly<Record<string, { readonly valued?: string; readonly operands?: number }>> = {
  sudo: { valued: 'ugphCTUrtDR' },
  doas: { valued: 'uC' },
  env: { valued: 'uC' },
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
  'lxc-attach': { valued: 'nP' },
  'systemd-run': { valued: 'upEMH' },
  ...Object.fromEntries(
    'nohup command setsid busybox toybox unshare builtin setpriv pkexec run0 systemd-inhibit dbus-run-session proxychains4 strace'
      .split(' ')
      .map((name) => [name, {}]),
  ),
  ...Object.fromEntries(['then', 'do', 'else', 'elif', 'if', 'while', 'until', '!', '{', 'coproc'].map((name) => [name, {}])),
  function: { operands: 1 },
};
const LONG_OPTIONS_WITH_VALUE =
  /^--(user|group|host|prompt|chdir|chroot|signal|kill-after|unset|adjustment|class|classdata|unit|property|target|wait|name|login-user|role|type)$/;
const MAX_DEPTH = 20;

/**
 * The refusal (SW3007) of a command that would reboot or power off a machine past the guards; undefined for any other.
 * A list is an argument list, a text is shell text. It stops mistakes: who wants to hide a reboot in shell text can.
 */
export function findRebootCommand(command: readonly string[] | string): SwarmError | undefined {
  const culprit = typeof command === 'string' ? findInShellText(command, 0) : findInArgv(command, 0);
  if (culprit === undefined) return undefined;
  return new SwarmError('SW3007', `"${culprit}" reboots or powers off the machine`, {
    hint: 'use the module reboot: it proves the machine first and asks the guards',
  });
}

/** `$(which reboot)` in the place of a command. */
const PROGRAM_LOOKUP =
  /(?:^|[;&|\n({]|\b(?:then|do|else|exec|sudo|nohup|doas)\b)\s*["']?(?:\$\(|`)\s*(?:which|command\s+-v|type\s+-p|echo|printf\s+\S+)\s+["']?(\S*?)["']?\s*(?:\)|`)/g;

function findInShellText(text: string, depth: number): string | undefined {
  if (depth > MAX_DEPTH) return undefined;
  if (text.includes('/proc/sysrq-trigger')) return '/proc/sysrq-trigger';
  for (const [, found = ''] of text.matchAll(PROGRAM_LOOKUP)) if (REBOOT_PROGRAMS.has(basename(found))) return basename(found);
  const known = new Map<string, string>();
  let before: SimpleCommand | undefined;
  for (const command of parseShellCommands(text)) {
    const words = command.words.flatMap((word) => expandVariables(word, known));
    const culprit =
      findInArgv(words, depth + 1) ??
      findInVariable(command.words, known, depth + 1) ??
      findInStdin({ ...command, words }, before, depth + 1);
    if (culprit !== undefined) return culprit;
    recordVariables(words, known);
    before = command;
  }
  return undefined;
}

/** `c='sync; reboot'; $c`: more than a shell would make of it. */
function findInVariable(words: readonly string[], known: ReadonlyMap<string, string>, depth: number): string | undefined {
  const [, name] = /^\$\{?(\w+)\}?$/.exec(words[commandIndex(words)] ?? '') ?? [];
  const value = name === undefined ? undefined : known.get(name);
  return value === undefined ? undefined : findInShellText(value, depth);
}

/** What a variable of the same text stands for. */
const expandVariables = (word: string, known: ReadonlyMap<string, string>): readonly string[] => {
  if (!word.includes('$') || known.size === 0) return [word];
  return word.replace(/\$\{?(\w+)\}?/g, (all, name: string) => known.get(name) ?? all).split(/\s+/);
};

function recordVariables(words: readonly string[], known: Map<string, string>): void {
  const [first = '', name = '', , ...values] = words;
  if (first === 'for') known.set(name, values.find((each) => REBOOT_PROGRAMS.has(basename(each))) ?? values[0] ?? '');
  for (const word of words) {
    const [, variable, value] = /^(\w+)=(.*)$/s.exec(word) ?? [];
    if (variable !== undefined) known.set(variable, value ?? '');
  }
}

/** `echo reboot | sudo sh`, `sh <<< reboot`. */
function findInStdin(
  { words, hereStrings: fed, piped }: SimpleCommand,
  before: SimpleCommand | undefined,
  depth: number,
): string | undefined {
  if (!words.map(basename).some((name) => SHELLS.has(name) || name === 'xargs' || name === 'ssh')) return undefined;
  const printer = before?.words.findIndex((word) => /^(echo|printf)$/.test(basename(word))) ?? -1;
  const printed = piped && printer >= 0 ? (before?.words.slice(printer + 1).filter((each) => !/^-\w+$/.test(each)) ?? []) : [];
  const texts = [...fed, ...printed, printed.join(' ')];
  for (const text of texts) {
    const culprit = findInShellText(text.replaceAll('\\n', '\n'), depth);
    if (culprit !== undefined) return culprit;
  }
  return undefined;
}

function findInArgv(words: readonly string[], depth: number): string | undefined {
  if (words.some((word) => word.includes('/proc/sysrq-trigger'))) return '/proc/sysrq-trigger';
  const at = commandIndex(words);
  const split = words.slice(0, at + 1).indexOf('-S'); // env -S takes one text
  if (split >= 0 && words.some((word) => basename(word) === 'env')) return findInShellText(words.slice(split + 1).join(' '), depth + 1);
  const [word, ...rest] = words.slice(at);
  if (word === undefined) return undefined;
  const name = matchGlob(word) ?? basename(word);
  if (REBOOT_PROGRAMS.has(name)) return name;
  if (word === '-c') return findInShellText(rest.join(' '), depth + 1); // flock FILE -c TEXT
  const verbs = Object.hasOwn(PROGRAM_VERBS, name) ? PROGRAM_VERBS[name] : undefined;
  const verb = rest.find((each) => verbs?.includes(each.replace(/\.target$/, '')));
  if (verb !== undefined) return `${name} ${verb}`;
  if (BUSES.has(name)) return rest.find((each) => /\b(Reboot|PowerOff|Halt|KExec|Suspend|Hibernate)\b/.test(each));
  if (name === 'kill' && killsInit(rest)) return 'kill 1';
  if (name === 'find') return findAfterExec(rest, depth);
  if (name === 'ssh') return findInShellText(sshRemoteCommand(rest).join(' '), depth + 1);
  if (INTERPRETERS.test(name)) return rest.map(findInProgramText).find((each) => each !== undefined);
  if (!SHELLS.has(name)) return undefined;
  return [...rest, rest.join(' ')].map((text) => findInShellText(text, depth + 1)).find((each) => each !== undefined);
}

/** `/sbin/reboo?` */
function matchGlob(word: string): string | undefined {
  const name = basename(word);
  if (!/[*?[]/.test(name) || /^[*?]*$/.test(name)) return undefined;
  const pattern = name
    .replace(/[.+^${}()|\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  try {
    const glob = new RegExp(`^${pattern}$`);
    return [...REBOOT_PROGRAMS].find((each) => glob.test(each));
  } catch {
    return undefined; // half a bracket: no pattern
  }
}

/** PID 1, or everything there is. */
function killsInit(rest: readonly string[]): boolean {
  const operands = rest.filter(
    (word, index) => !(index === 0 && /^-\w+$/.test(word)) && !/^-[sn]$/.test(rest[index - 1] ?? '') && !/^-[sn]$/.test(word),
  );
  return operands.includes('1') || operands.includes('-1');
}

function findAfterExec(rest: readonly string[], depth: number): string | undefined {
  for (const [index, word] of rest.entries()) {
    const culprit = /^-(exec|execdir|ok|okdir)$/.test(word) ? findInArgv(rest.slice(index + 1), depth + 1) : undefined;
    if (culprit !== undefined) return culprit;
  }
  return undefined;
}

/** The command of `ssh [OPTIONS] HOST COMMAND`. */
function sshRemoteCommand(rest: readonly string[]): readonly string[] {
  let at = 0;
  for (let word = rest[at]; word?.startsWith('-'); word = rest[at]) at += /^-[BbcDEeFIiJLlmOopQRSWw]$/.test(word) ? 2 : 1;
  return rest.slice(at + 1).filter((word) => word !== '--');
}

/** A program's text that calls it: `os.system('reboot')`. */
function findInProgramText(text: string): string | undefined {
  if (!/system|exec|popen|run|call|spawn|`/i.test(text)) return undefined;
  return /['"`](?:\S*\/)?(reboot|halt|poweroff|shutdown|kexec)\b/.exec(text)?.[1];
}

/** Where the command itself stands: behind assignments and words like sudo, with their options. */
function commandIndex(words: readonly string[]): number {
  let at = 0;
  for (;;) {
    while (/^\w+=/.test(words[at] ?? '')) at += 1;
    const name = basename(words[at] ?? '');
    const prefix = Object.hasOwn(PREFIX_COMMANDS, name) ? PREFIX_COMMANDS[name] : undefined;
    if (prefix === undefined) return at;
    at += 1;
    if (name === 'command' && /^-[vV]/.test(words[at] ?? '')) return words.length; // only looks for it
    for (let word = words[at]; word?.startsWith('-') && word !== '-'; word = words[at]) {
      if (name === 'env' && word === '-S') return at;
      at += (word.length === 2 && prefix.valued?.includes(word[1] ?? '-')) || LONG_OPTIONS_WITH_VALUE.test(word) ? 2 : 1;
    }
    while (/^\w+=/.test(words[at] ?? '')) at += 1;
    at += prefix.operands ?? 0;
  }
}

const basename = (word: string): string => word.slice(word.lastIndexOf('/') + 1);
