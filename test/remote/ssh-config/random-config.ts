import type { Random } from '../seeded-random.ts';

/** Files of one home folder's .ssh, by name; `config` is the main one. */
export type ConfigFiles = Readonly<Record<string, string>>;

/** Names that a random config is asked for. */
export const NAMES = ['alpha', 'beta', 'Gamma', 'alpha.site', '10.0.0.7', 'b'];

const PATTERNS = [
  'alpha',
  'beta',
  'gamma',
  'Gamma',
  '*',
  'a*',
  '?eta',
  '*.site',
  '10.0.0.*',
  '10.?.0.7',
  'b',
  '!alpha',
  '!*.site',
  '!b',
  '!10.*',
];
const HOST_LISTS = ['alpha,beta', 'alp*', '*,!alpha', '!beta,*', 'H1', 'h1,h2', '*.example.org', 'gamma', '10.0.0.7', '?'];
const USERS = ['joe', 'jack', 'j*', '*,!joe', 'nobody'];

/** A random ssh_config, with Include, Match, negation, tokens, odd quoting, blanks of all kinds and CRLF. */
export function randomConfig(random: Random): ConfigFiles {
  const files: Record<string, string> = {};
  const included = ['one.conf', 'inc/two.conf', 'inc/three.conf', 'inc/.hidden.conf'].filter(() => random.next() < 0.7);
  for (const name of included) files[name] = text(random, 3, []);
  files['config'] = text(random, 8, included);
  return files;
}

function text(random: Random, blocks: number, included: readonly string[]): string {
  const end = random.next() < 0.15 ? '\r\n' : '\n';
  const lines = [...settings(random, 2, included)];
  for (let at = random.below(blocks + 1); at > 0; at--) lines.push(head(random), ...settings(random, 4, included));
  return lines.join(end) + (random.next() < 0.8 ? end : '');
}

function settings(random: Random, most: number, included: readonly string[]): readonly string[] {
  return Array.from({ length: random.below(most + 1) }, () => {
    if (included.length > 0 && random.next() < 0.15) return line(random, 'Include', include(random, included));
    if (random.next() < 0.08) return random.pick(['', '  ', '\t', '# Host *', '  # User x', '#']);
    const [keyword, values] = random.pick(SETTINGS);
    return line(random, keyword, value(random, random.pick(values)));
  });
}

const SETTINGS: readonly (readonly [string, readonly string[]])[] = [
  ['HostName', ['h1', 'H2', '%h.example.org', '10.9.9.9', 'fd00::1', '%%h', 'x%hy']],
  ['User', ['joe', 'jack', 'j b', "o'neil", 'nobody']],
  ['Port', ['22', '2222', '99', '65535', '1']],
  [
    'IdentityFile',
    ['/k/one', '/k/t w o', '~/.ssh/three', '/k/%r-%h', '/k/%n:%p', '%d/four', '/k/%u%%', '/k/back\\\\slash', 'none', '/k/one'],
  ],
  ['IdentitiesOnly', ['yes', 'no', 'YES', 'true', 'false']],
  ['IdentityAgent', ['/run/agent', 'none', '/run/an agent', '/run/%r.sock', 'SSH_AUTH_SOCK', '~/agent']],
  ['HostKeyAlias', ['k1', 'K2']],
  ['ProxyJump', ['gate', 'me@gate:2200', 'none', 'g1,g2', 'u@g1:1,g2,root@g3:3', '[fd00::9]:22', 'ssh://me@gate:23', 'NONE']],
  ['ProxyCommand', ['none', 'nc %h %p', 'ssh gate -W %h:%p']],
  ['AddressFamily', ['inet', 'inet6', 'any']],
  ['BindAddress', ['10.0.0.1']],
  ['ConnectTimeout', ['3', '1m30s', 'none', '2h']],
  ['ServerAliveInterval', ['30']],
  ['UserKnownHostsFile', ['/k/known', '/k/a /k/b']],
];

const NEVER_QUOTED = new Set(['ProxyJump', 'ProxyCommand', 'UserKnownHostsFile', 'Include']);

function head(random: Random): string {
  if (random.next() < 0.55) {
    const patterns = Array.from({ length: 1 + random.below(3) }, () => random.pick(PATTERNS));
    return line(random, 'Host', patterns.map((each) => (random.next() < 0.1 ? `"${each}"` : each)).join(random.pick([' ', '  ', '\t'])));
  }
  if (random.next() < 0.2)
    return line(random, 'Match', random.pick(['all', 'ALL', 'final', 'final host h1', 'final host *.example.org', 'host h1 final']));
  const criteria = Array.from({ length: 1 + random.below(2) }, () => {
    const negated = random.next() < 0.25 ? '!' : '';
    const [name, values] = random.pick([
      ['host', HOST_LISTS],
      ['Host', HOST_LISTS],
      ['originalhost', HOST_LISTS],
      ['user', USERS],
      ['localuser', ['root', '*', 'nobody', '!root,*']],
    ] as const);
    const argument = random.pick<string>(values);
    const between = random.pick([' ', ' ', '=']);
    return `${negated}${name}${between}${random.next() < 0.15 && between === ' ' ? `"${argument}"` : argument}`;
  });
  return line(random, 'Match', criteria.join(random.pick([' ', '\t'])));
}

function include(random: Random, included: readonly string[]): string {
  return random.pick([
    random.pick(included),
    'inc/*.conf',
    'inc/t??*.conf',
    'none-such',
    'inc/[a-t]*.conf',
    `~/.ssh/${random.pick(included)}`,
    'one.conf inc/*',
  ]);
}

function value(random: Random, written: string): string {
  if (/[ ']/.test(written) && !/^(nc|ssh) |\/k\/a /.test(written)) return random.pick([`"${written}"`, written.replace(/[ ']/g, '\\$&')]);
  return written;
}

function line(random: Random, keyword: string, argument: string): string {
  const cased = random.pick([keyword, keyword, keyword.toLowerCase(), keyword.toUpperCase()]);
  const between = random.pick([' ', ' ', ' ', '\t', '  ', '=', ' = ', '= ']);
  const quoted =
    !NEVER_QUOTED.has(keyword) && keyword !== 'Host' && keyword !== 'Match' && /^[\w/.:%-]+$/.test(argument) && random.next() < 0.15;
  const shown = quoted ? random.pick([`"${argument}"`, `'${argument}'`, `${argument.slice(0, 1)}"${argument.slice(1)}"`]) : argument;
  const comment = random.next() < 0.08 && keyword !== 'ProxyCommand' && argument.toLowerCase() !== 'none' ? ' # comment' : '';
  return `${random.pick(['', '', '  ', '\t', '    '])}${cased}${between}${shown}${comment}${random.pick(['', '', '', ' ', '\t'])}`;
}
