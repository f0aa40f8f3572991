import { isIPv6 } from 'node:net';
import { parse } from 'shell-quote';
import type { Json, Vars } from '../../../core/json-value.ts';
import type { HostEntry } from '../inventory-schema.ts';

/** What Ansible's connection variables of a host say in swarm's words. */
export interface AnsibleConnection {
  readonly entry: HostEntry;
  /** Undefined for a host that swarm can reach; else why not, and the variable that says so. */
  readonly unreachable?: UntakenVariable;
  /** A variable with a value that it cannot have. */
  readonly wrong?: UntakenVariable;
  /** Variables that say what swarm does not do. */
  readonly untaken: readonly UntakenVariable[];
}

/** A connection variable without effect. */
export interface UntakenVariable {
  readonly name: string;
  readonly message: string;
  readonly hint: string;
}

const SSH_CONNECTIONS = new Set(['ssh', 'smart', 'paramiko', 'paramiko_ssh', 'ansible.builtin.ssh', 'ansible.builtin.paramiko_ssh']);
const PASSWORDS = ['ansible_password', 'ansible_ssh_pass', 'ansible_become_password', 'ansible_become_pass', 'ansible_sudo_pass'];
/** Options of ssh that swarm needs no word for: it checks every machine by its pin. */
const NEEDLESS_OPTIONS = new Set([
  'stricthostkeychecking',
  'userknownhostsfile',
  'controlmaster',
  'controlpersist',
  'controlpath',
  'loglevel',
  'forwardagent',
]);

/** What Ansible takes for true and for false, in small letters. */
const YES = new Set(['true', 'yes', 'on', '1', 'y', 't', '1.0']);
const NO = new Set(['false', 'no', 'off', '0', 'n', 'f', '0.0', '']);
const isYes = (value: Json | undefined): boolean | undefined =>
  value === undefined || value === null ? undefined : YES.has(String(value).toLowerCase());
const isYesOrNo = (value: Json | undefined): boolean => isYes(value) !== false || NO.has(String(value).toLowerCase());
const textOf = (vars: Vars, ...names: readonly string[]): string | undefined => {
  const value = names.map((name) => vars[name]).find((each) => each !== undefined && each !== null && each !== '');
  return value === undefined ? undefined : String(value);
};

/** Translates the connection variables of a host. */
export function readAnsibleConnection(name: string, vars: Vars): AnsibleConnection {
  const untaken: UntakenVariable[] = [];
  const leave = (variable: string, message: string, hint: string): void => void untaken.push({ name: variable, message, hint });
  const connection = textOf(vars, 'ansible_connection') ?? 'ssh';
  if (!SSH_CONNECTIONS.has(connection)) return { entry: {}, untaken: [], unreachable: refuseConnection(connection) };
  for (const variable of PASSWORDS.filter((each) => vars[each] !== undefined))
    leave(
      variable,
      `${variable} is not taken: a password in a file can be read by others`,
      variable.includes('become') || variable.includes('sudo')
        ? 'To be asked for it, add -K.'
        : 'Use a key. To put yours on the host, run: ssh-copy-id',
    );
  for (const variable of ['ansible_become_flags', 'ansible_become_exe', 'ansible_shell_type', 'ansible_shell_executable'].filter(
    (each) => vars[each] !== undefined,
  ))
    leave(variable, `${variable} is not taken`, 'Remove it. swarm uses sh, and sudo, doas or su as they are.');
  const method = textOf(vars, 'ansible_become_method');
  const known = method === undefined || method === 'sudo' || method === 'doas' || method === 'su';
  if (!known) leave('ansible_become_method', `ansible_become_method=${method} is not taken`, 'Write sudo, doas or su.');
  const address = textOf(vars, 'ansible_host', 'ansible_ssh_host') ?? name;
  const jump = readJump(vars, leave);
  const given = textOf(vars, 'ansible_port', 'ansible_ssh_port');
  const port = /^[1-9]\d{0,4}$/.test(given ?? '') && Number(given) <= 65_535 ? Number(given) : 0;
  const written = isIPv6(address) && port > 0 ? `[${address}]` : address;
  const user = textOf(vars, 'ansible_user', 'ansible_ssh_user');
  const keyFile = textOf(vars, 'ansible_ssh_private_key_file', 'ansible_private_key_file');
  for (const variable of ['ansible_become', 'ansible_sudo'].filter((each) => !isYesOrNo(vars[each])))
    leave(variable, `${variable}=${String(vars[variable])} is neither true nor false`, 'Write true or false. It counts as false now.');
  const become = isYes(vars['ansible_become'] ?? vars['ansible_sudo']);
  const becomeUser = textOf(vars, 'ansible_become_user');
  return {
    untaken,
    ...(given === undefined || port > 0 ? {} : { wrong: refusePort(vars, given) }),
    entry: {
      routes: [jump === undefined ? { local: written } : { jump: { via: jump, address: written } }],
      ...(port > 0 ? { port } : {}),
      ...(user === undefined ? {} : { user }),
      ...(keyFile === undefined ? {} : { identity_file: keyFile }),
      ...(become === undefined ? {} : { become }),
      ...(becomeUser === undefined ? {} : { become_user: becomeUser }),
      ...(method === undefined || !known ? {} : { become_method: method as 'sudo' | 'doas' | 'su' }),
    },
  };
}

function refusePort(vars: Vars, port: string): UntakenVariable {
  const name = vars['ansible_port'] === undefined ? 'ansible_ssh_port' : 'ansible_port';
  return { name, message: `${name}=${port} is not a port`, hint: 'Write a number from 1 to 65535.' };
}

function refuseConnection(connection: string): UntakenVariable {
  const hint =
    connection === 'local'
      ? 'For this machine write hosts: localhost.'
      : /docker|podman|lxc|lxd|kubectl|chroot/.test(connection)
        ? 'Write the host in a file of swarm, with a route: routes: [ { command: [docker, exec, -i, NAME] } ]'
        : 'Remove the host. swarm reaches hosts by SSH.';
  return { name: 'ansible_connection', message: `ansible_connection=${connection} is not taken: the host is left out`, hint };
}

/** The last host that ProxyJump, -J or a ProxyCommand with -W goes through, without user and port, which are its own. */
function readJump(vars: Vars, leave: (variable: string, message: string, hint: string) => void): string | undefined {
  let jump: string | undefined;
  for (const variable of ['ansible_ssh_common_args', 'ansible_ssh_extra_args']) {
    const words = parse(textOf(vars, variable) ?? '', (name) => `\${${name}}`).filter((word) => typeof word === 'string');
    for (let i = 0; i < words.length; i++) {
      const word = words[i] ?? '';
      const option = /^-([oJ])(.*)$/.exec(word);
      const value = option === null ? '' : option[2] || (words[++i] ?? '');
      const [, key = '', setting = ''] = option?.[1] === 'J' ? [value, 'ProxyJump', value] : (/^(\w+)\s*[= ]\s*(.*)$/s.exec(value) ?? []);
      const through =
        key.toLowerCase() === 'proxyjump' ? setting : key.toLowerCase() === 'proxycommand' ? findProxyHost(setting) : undefined;
      if (through !== undefined && through !== '') jump = toHostPart(through);
      else if (!NEEDLESS_OPTIONS.has(key.toLowerCase()))
        leave(variable, `\`${option === null ? word : value}\` of ${variable} is not taken`, 'Set it in ~/.ssh/config.');
    }
  }
  return jump;
}

/** `ssh -W %h:%p -q user@host` → `user@host` */
function findProxyHost(command: string): string | undefined {
  const words = command.split(/\s+/);
  const at = words.indexOf('-W');
  if (words[0] !== 'ssh' || at < 0) return undefined;
  const withValue = new Set(['-W', '-p', '-i', '-l', '-o', '-F']);
  return words.slice(1).find((word, i, all) => !word.startsWith('-') && !withValue.has(all[i - 1] ?? ''));
}

const toHostPart = (text: string): string =>
  (text.split(',').at(-1) ?? '')
    .replace(/^ssh:\/\//, '')
    .replace(/^[^@]*@/, '')
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1');
