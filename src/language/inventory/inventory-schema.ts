import { z } from 'zod';
import { STAGES, type Stage } from '../../core/inventory/stage-timeouts.ts';
import { parseByteSize, parseMilliseconds } from '../schema/parse-units.ts';
import { parseSecretSource } from '../schema/secret-source.ts';
import { varsSchema } from '../schema/vars-schema.ts';
import { healing } from './heal/heal-schema.ts';
import { notifierSchema } from './notify/notify-schema.ts';

const SHORTEST_SILENCE_MS = 60_000;
const text = z.string().min(1);
const NAME_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9._-]*$/;
const hostName = z.string().regex(NAME_PATTERN, 'is not a name (use letters, digits, . _ -)');

const duration = z
  .union([z.string(), z.number()])
  .refine((value) => (parseMilliseconds(value) ?? 0) > 0, 'takes a duration: 30s, 2m')
  .optional();
const SECRET_FORM = 'takes a secret: { secret: { from: "env:NAME" } }, or from: "file:PATH" or "cmd:COMMAND"';
const secretSource = z.string(SECRET_FORM).refine((value) => parseSecretSource(value) !== undefined, SECRET_FORM);
const secret = z.strictObject({ secret: z.strictObject({ from: secretSource }, SECRET_FORM) }, SECRET_FORM);

/** Bytes a second; 0 is not a limit. */
export const readByteRate = (value: string | number): number | undefined => (String(value) === '0' ? 0 : parseByteSize(value));

/** What `defaults`, a group and a host can set: login, limits, healing. The one of the host wins. */
export const hostSettings = {
  user: text.optional(),
  port: z.int('takes a port: 1 to 65535').min(1, 'takes a port: 1 to 65535').max(65_535, 'takes a port: 1 to 65535').optional(),
  identity_file: z.union([text, z.array(text).min(1)], { error: 'takes a path or a list of paths' }).optional(),
  identity_files: z.array(text).min(1).optional(),
  become: z.boolean().optional(),
  become_user: text.optional(),
  become_method: z.enum(['sudo', 'doas', 'su']).optional(),
  become_password: secret.optional(),
  timeouts: z.strictObject(Object.fromEntries(STAGES.map((stage) => [stage, duration])) as Record<Stage, typeof duration>).optional(),
  least_rate: z
    .union([z.string(), z.number()])
    .refine((value) => readByteRate(value) !== undefined, 'takes bytes a second: 1K, 500, or 0 for no limit')
    .optional(),
  ...healing,
};

const address = z.union([z.string(), z.number()], { error: 'takes an address' });

export const routeSchema = z.strictObject({
  local: address.optional(),
  tailscale: address.optional(),
  jump: z.strictObject({ via: hostName, address }).optional(),
  command: z.array(text, 'takes a list: the program and its arguments').min(1).optional(),
});

const block = z.strictObject({
  reason: text,
  until: z.string().refine((value) => !Number.isNaN(Date.parse(value)) && /^\d{4}-\d\d-\d\d/.test(value), 'takes a date: 2026-12-01'),
  since: z.string().optional(),
});

const bytes = z
  .union([z.string(), z.number()])
  .refine((value) => parseByteSize(value) !== undefined, 'takes a size: 32G, 512M')
  .optional();
const binhost = z.strictObject({ host: hostName.optional(), path: text.optional() });
/** As an option of mount takes it. */
const PATTERN = 'takes a pattern of hosts: drones, or d1,d2';
const dronePath = (example: string) =>
  z.string().regex(/^\/[^,:\\\s]*$/, `takes an absolute path of the drone, without spaces, commas and colons: ${example}`);

export const hostSchema = z.strictObject({
  groups: z
    .array(hostName)
    .optional()
    .meta({ description: 'the groups that the host is in', examples: [['drones']] }),
  routes: z.array(routeSchema).optional(),
  protected: z.boolean().optional(),
  cores: z.int().min(1).optional(),
  memory: bytes,
  block: block.optional(),
  vars: varsSchema.nullable().optional(),
  ...hostSettings,
});

const groupSchema = z.strictObject({
  hosts: z.array(hostName, 'takes a list of host names').optional(),
  children: z.array(hostName, 'takes a list of group names').optional(),
  vars: varsSchema.nullable().optional(),
  ...hostSettings,
});

export const targetSchema = z.strictObject({
  portage: text.optional().describe("Folder of the project: the target's /etc/portage"),
  drones: z.string(PATTERN).min(1, PATTERN).optional().describe('Pattern of the hosts that may build for it'),
  arch: text.optional().meta({ description: "Portage's ARCH, such as amd64", examples: ['amd64'] }),
  chost: text.optional(),
  cpu_flags: z
    .array(text)
    .optional()
    .meta({ description: 'Flags of /proc/cpuinfo that a drone must have', examples: [['avx2', 'bmi2']] }),
  repositories: z
    .record(z.string(), z.string())
    .optional()
    .meta({ description: 'By repository, the revision that drones must have', examples: [{ gentoo: '3f5c1d0a9b7e' }] }),
  root: dronePath('/var/lib/swarm/roots/NAME').optional().describe('Folder on the drones for clean roots: each build runs in a new one'),
  root_from: dronePath('/var/lib/swarm/stage3.tar.xz')
    .optional()
    .meta({
      description: "What a clean root is made from: a stage archive or a folder of the drone, or / for the drone's system",
      examples: ['/var/lib/swarm/stage3.tar.xz'],
    }),
  packages: z.array(text).optional().describe('Files with one atom a line, atoms, sets'),
  clients: z.array(hostName).optional().describe('Hosts that install from its binhost'),
  binhost: binhost.optional(),
  keep: bytes.meta({ description: 'Size of the packages and sources that a drone keeps', examples: ['20G'] }),
});

export const inventorySchema = z.strictObject({
  defaults: z.strictObject(hostSettings).nullable().optional(),
  groups: z.record(hostName, groupSchema.nullable()).nullable().optional(),
  hosts: z.record(hostName, hostSchema.nullable()).nullable().optional(),
  binhost: binhost.optional(),
  targets: z.record(hostName, targetSchema).nullable().optional(),
  notify: z.array(notifierSchema).optional().describe('Whom to tell of what happens in a run'),
  silence: z
    .string()
    .refine((value) => (parseMilliseconds(value) ?? 0) >= SHORTEST_SILENCE_MS, 'takes a duration from 1m: 30m, 2h')
    .optional()
    .meta({ description: 'How long an item may print nothing before swarm says so. Default: 1h', examples: ['2h'] }),
  warnings: z.boolean().optional(),
  discover: z.strictObject({ tailscale: z.boolean().optional(), networks: z.array(text).optional() }).optional(),
});

export type InventoryFile = z.output<typeof inventorySchema>;
export type TargetEntry = z.output<typeof targetSchema>;
export type HostEntry = z.output<typeof hostSchema>;
export type GroupEntry = z.output<typeof groupSchema>;
export type HostSettings = Pick<HostEntry, keyof typeof hostSettings>;

/** Keys of Ansible's inventories, with what to write instead. */
export const ANSIBLE_INVENTORY_KEYS: Readonly<Record<string, string>> = {
  all: 'Write hosts: and groups: at the top of the file.',
  ansible_become: 'Write: become: true',
  ansible_connection: 'Write a route, for example: routes: [ { command: [lxc-attach, -n, NAME, --] } ]',
  ansible_host: 'Write: routes: [ { local: ADDRESS } ]',
  ansible_port: 'Write port: on the host, or ADDRESS:PORT in the route.',
  ansible_python_interpreter: 'Remove it. swarm needs no Python on a host.',
  ansible_ssh_common_args: 'Write a jump route, or set the option in ~/.ssh/config.',
  ansible_ssh_private_key_file: 'Write: identity_file: PATH',
  ansible_user: 'Write: user: NAME',
  children: 'Write: groups: { NAME: { children: [GROUP] } }',
  plugin: 'Write the hosts in the inventory. To find them, run: swarm hosts discover',
  vars: 'Write: groups: { all: { vars: { NAME: VALUE } } }',
};
