import { parse } from 'shell-quote';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { ownValue } from '../../core/own-value.ts';

/** Programs that stop the machine, and the argument that does it; null: always. */
const REBOOT_PROGRAMS: Readonly<Record<string, RegExp | null>> = {
  ...Object.fromEntries(['reboot', 'poweroff', 'halt', 'shutdown', 'openrc-shutdown', 'soft-reboot'].map((name) => [name, null])),
  kexec: /^(-e|--exec)$/,
  init: /^[06]$/,
  telinit: /^[06]$/,
};
/** Verbs of systemctl and loginctl: the first argument that is not an option. */
const VERBS = /^(reboot|poweroff|halt|kexec|soft-reboot|suspend|hibernate|hybrid-sleep|suspend-then-hibernate|rescue|emergency)$/;
const DOWN_TARGET = /^(reboot|poweroff|halt|kexec|suspend|hibernate|rescue|emergency)(\.target)?$/;
const HARMLESS = /^(-c|--help|--version|-V)$/; // `shutdown -c` cancels
/** Words before a command, and which of their options take a value. */
const PREFIXES: Readonly<Record<string, RegExp>> = {
  ...Object.fromEntries(
    'command env nohup setsid time exec busybox chroot then do else if while until ! {'.split(' ').map((word) => [word, /^-[uC]$/]),
  ),
  sudo: /^(-[bEHiKklnPSsvA]*[ugpCrtTRDh]|--(user|group|prompt|host|chdir))$/,
  doas: /^-[uC]$/,
  nice: /^-n$/,
  ionice: /^-[cn]$/,
  timeout: /^(-[sk]|--(signal|kill-after))$/,
  flock: /^(-[wE]|--(timeout|conflict-exit-code))$/,
  nsenter: /^-t$/,
  xargs: /^-[adEIiLnPs]$/,
};
const SHELLS = /^(sh|bash|dash|ash|zsh|ksh|su|eval)$/;

/**
 * SW3007 for a command that would reboot or power off the machine past the guards; undefined for any other. A list is an
 * argument list, a text is shell text. It stops slips; it does not stop a person who hides the command.
 */
export function findRebootCommand(command: readonly string[] | string): SwarmError | undefined {
  const found = typeof command === 'string' ? findInText(command) : findInArgv(command);
  if (found === undefined) return undefined;
  return new SwarmError('SW3007', `"${found}" reboots or stops the machine`, {
    hint: 'Use the `reboot` module, which waits for the host to come back. To send this very command through the guards, add `disruptive: true` to the task.',
  });
}

function findInText(text: string): string | undefined {
  const lines = dropHereDocuments(text).replaceAll('\\\n', ' ').split('\n');
  const commands = lines.flatMap((line) => {
    const simple: string[][] = [[]];
    for (const token of parse(line, (name) => `$${name}`)) {
      if (typeof token === 'string') simple.at(-1)?.push(token);
      else if ('op' in token && !/^[<>]|glob/.test(token.op)) simple.push([]);
    }
    return simple;
  });
  return commands.map(findInArgv).find((found) => found !== undefined);
}

/** The body of a here-document is data, unless a shell reads it. */
function dropHereDocuments(text: string): string {
  return text.replace(/^(.*)<<-?\s*(['"]?)(\w+)\2(.*)\n([\s\S]*?\n)??\s*\3$/gm, (all, before: string, _quote, _word, after: string) =>
    before.split(/\s+/).some((word) => SHELLS.test(word)) ? all : `${before}${after}`,
  );
}

function findInArgv(words: readonly string[]): string | undefined {
  const [program = '', ...args] = dropPrefixes(words);
  const name = program.slice(program.lastIndexOf('/') + 1);
  if (SHELLS.test(name)) return findInText(args[args.findIndex((word) => /^-\w*c$/.test(word)) + 1] ?? '');
  const found = name === 'find' ? args.findIndex((word) => /^-(exec|execdir|ok)$/.test(word)) : -1;
  if (found >= 0) return findInArgv(args.slice(found + 1));
  if (args.some((word) => HARMLESS.test(word))) return undefined;
  if (name === 'systemctl' || name === 'loginctl') return findVerb(name, args);
  const wanted = ownValue(REBOOT_PROGRAMS, name);
  return wanted === null || (wanted !== undefined && args.some((word) => wanted.test(word))) ? [name, ...args].join(' ') : undefined;
}

function findVerb(program: string, args: readonly string[]): string | undefined {
  const [verb = '', target = ''] = args.filter((word) => !word.startsWith('-'));
  const isDown = VERBS.test(verb) || (/^(isolate|start)$/.test(verb) && DOWN_TARGET.test(target));
  return isDown ? [program, ...args].join(' ') : undefined;
}

/** Removes what comes before the command: `sudo -u root FOO=1 nice -n 5 reboot` becomes `reboot`. */
function dropPrefixes(words: readonly string[]): readonly string[] {
  let rest = words;
  for (;;) {
    const name = (rest[0] ?? '').replace(/^.*\//, '');
    const valued = ownValue(PREFIXES, name);
    if (valued === undefined && !/^\w+=/.test(name)) return rest;
    if (name === 'command' && /^-[vV]/.test(rest[1] ?? '')) return []; // only searches for the program
    rest = rest.slice(1);
    while (valued !== undefined && /^-/.test(rest[0] ?? '')) rest = rest.slice(valued.test(rest[0] ?? '') ? 2 : 1);
    if (/^(timeout|chroot|flock)$/.test(name)) rest = rest.slice(1); // a duration, a folder, a file
  }
}
