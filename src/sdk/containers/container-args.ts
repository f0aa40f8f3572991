import { z } from 'zod';
import { splitWords } from '../split-words.ts';

const NAME = /^[A-Za-z0-9][\w.-]*$/;
/** The name of a container, a network or a volume. */
export const engineName = z.string().regex(NAME, 'must be a name of letters, digits, dots, dashes and underscores');
const word = z.string().regex(/^[^\0\n]+$/, 'must be one line');
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const words = z
  .union([z.string(), z.array(z.union([word, z.int().transform(String)]))])
  .transform((value) => (typeof value === 'string' ? value.split(',').map((each) => each.trim()) : value))
  .refine((list) => list.every((each) => each !== ''), { error: 'must be a list of texts' })
  .default([]);
const texts = z.record(z.string().regex(/^[^\0\n=]+$/, 'must be a name'), scalar.pipe(z.string().regex(/^[^\0]*$/, 'must have no NUL')));
const size = z.union([z.string(), z.int().transform(String)]).pipe(z.string().regex(/^\d+[bkmg]?$/i, 'must be a size such as 512m or 2g'));
const commandWords = z.union([z.string(), words]).transform((value, context) => {
  if (typeof value !== 'string') return value;
  try {
    return splitWords(value);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
    return z.NEVER;
  }
});

/** `8080:80`, with an address before it or without the port of the host, and ranges of ports. */
const PORT = /^(?:(?:(?:\[[\da-fA-F:]+\]|\d+(?:\.\d+){3}):)?(?:(\d+)(?:-(\d+))?)?:)?(\d+)(?:-(\d+))?(?:\/(?:tcp|udp|sctp))?$/;
const isPort = (text: string): boolean => {
  const [match, ...numbers] = PORT.exec(text) ?? [];
  return match !== undefined && numbers.every((each) => each === undefined || Number(each) <= 65_535);
};
/** `/srv/web:/usr/share/web:ro`, or only the folder of the container. */
const VOLUME = /^(?:[^:]+:)?\/[^:]*(?::[\w,-]+)?$/;

/** Which program runs containers. */
export const engineArg = z
  .enum(['docker', 'podman'])
  .optional()
  .describe('Program that runs containers; left out: docker, where the host has it, else podman');

/** What decides how a container is made: where one of these changes, the container is made anew. */
export const containerSpecArgs = {
  image: word
    .regex(/^[\w][\w./:@-]*$/, 'must be the name of an image')
    .optional()
    .describe('Image, with its version: nginx:1.27'),
  command: commandWords.default([]).describe('What runs in it, with its words: a text or a list; left out: what the image says'),
  entrypoint: commandWords.default([]).describe('Program that gets command, in place of the one of the image'),
  env: texts
    .refine((env) => Object.values(env).every((value) => !/[\n\r]/.test(value)), { error: 'must have values of one line' })
    .refine((env) => Object.keys(env).every((name) => /^[^\s#]\S*$/.test(name)), {
      error: 'must have names without blanks, that begin with no #',
    })
    .default({})
    .describe('Variables of the environment; they are on no command line'),
  ports: words
    .refine((list) => list.every(isPort), { error: 'must be ports up to 65535, such as 8080:80 or 127.0.0.1:5432:5432/tcp' })
    .describe('Ports of the host that lead into it: 8080:80, 127.0.0.1:5432:5432, 53:53/udp'),
  volumes: words
    .refine((list) => list.every((each) => VOLUME.test(each)), { error: 'must be such as /srv/web:/usr/share/web:ro' })
    .describe('Folders and volumes of the host that it sees: /srv/web:/usr/share/nginx/html:ro'),
  networks: z
    .array(
      z.union([
        engineName.transform((name) => ({ name, aliases: [] as string[] })),
        z.strictObject({ name: engineName, aliases: z.array(engineName).default([]) }),
      ]),
    )
    .default([])
    .describe('Networks that it is in: names, or { name, aliases }'),
  network_mode: word.optional().describe('host, none, bridge, or container:NAME'),
  labels: texts.default({}).describe('Labels'),
  restart_policy: z
    .string()
    .regex(/^(?:no|always|unless-stopped|on-failure(?::\d+)?)$/, 'must be no, always, unless-stopped or on-failure')
    .default('no')
    .describe('When it is started again by itself: no, on-failure, always, unless-stopped'),
  user: z
    .union([word, z.int().transform(String)])
    .optional()
    .describe('User in it, by name or number: 1000:1000'),
  hostname: word.optional().describe('Name of the host in it'),
  working_dir: word.optional().describe('Folder in which its program starts'),
  capabilities: words.describe('Rights that it gets: [NET_ADMIN]'),
  cap_drop: words.describe('Rights that it loses: [ALL]'),
  devices: words.describe('Devices of the host that it sees: /dev/net/tun'),
  memory: size.optional().describe('Memory that it may use: 512m'),
  cpus: z.number().positive().optional().describe('Processors that it may use: 1.5'),
  shm_size: size.optional().describe('Size of /dev/shm in it'),
  privileged: z.boolean().default(false).describe('It may do to the host what root may'),
  read_only: z.boolean().default(false).describe('Its own files cannot be written'),
  init: z.boolean().default(false).describe('A small init runs in it and collects processes that ended'),
  pid_mode: word.optional().describe('host: it sees the processes of the host'),
  ipc_mode: word.optional().describe('host: it shares memory with the host'),
  security_opts: words.describe('Options of security: [no-new-privileges]'),
  ulimits: words.describe('Limits: nofile:1024:2048'),
  sysctls: texts.default({}).describe('Settings of its kernel: { net.core.somaxconn: 1024 }'),
  tmpfs: words.describe('Folders in memory: /run:size=64m'),
  links: words.describe('Containers that it finds by another name, of docker alone: db:database'),
  volumes_from: words.describe('Containers whose volumes it sees too'),
  etc_hosts: texts.default({}).describe('Lines of /etc/hosts in it: { db.example.org: 192.0.2.7 }'),
  dns_servers: words.describe('Addresses of servers for names'),
  log_driver: word.optional().describe('Where its output goes: json-file, journald'),
  log_options: texts.default({}).describe('Options of it: { max-size: 10m }'),
};

const schema = z.strictObject(containerSpecArgs);

export type ContainerSpec = z.output<typeof schema>;
