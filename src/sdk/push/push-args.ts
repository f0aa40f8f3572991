import { z } from 'zod';
import { parseMilliseconds } from '../../language/schema/parse-units.ts';
import { attributeArgs } from '../files/attributes/file-attributes.ts';

const duration = (text: string) =>
  z
    .union([z.string(), z.number()])
    .default(text)
    .transform((value, context) => {
      const seconds = Math.ceil((parseMilliseconds(value) ?? 0) / 1000);
      if (seconds < 1 || seconds > 86_400)
        context.addIssue({ code: 'custom', message: 'must be a time of at least a second, such as 60s' });
      return seconds;
    });

const argv = z.tuple([z.string().min(1)], z.string());
const within = duration('30s').describe('How long it may take until it is so');

const tree = z.strictObject({
  source: z.string().min(1).describe('Folder on this machine: absolute, or below files/ of the project. What is in it is pushed'),
  dest: z
    .string()
    .regex(
      /^(\/(?!\.{1,2}(\/|$))[^/\u0000-\u001f\u007f-\u009f]+)+\/?$/u,
      'must be an absolute path other than /, without . and .. and control characters in it',
    )
    .transform((path) => path.replace(/\/$/, ''))
    .describe('Folder on the host. It becomes a link to the version in use'),
  revision: z
    .string()
    .default('')
    .describe('A tag, branch or commit of the git repository that source is in; empty: the files as they are'),
  owner: attributeArgs.owner,
  group: attributeArgs.group,
  mode: attributeArgs.mode.describe('Permissions of the files; those that may be run stay so. Default: as in the source'),
  directory_mode: attributeArgs.mode.describe('Permissions of the folders. Default: as in the source'),
  delete: z.boolean().default(false).describe('Also leave out what swarm did not bring; without it that is kept'),
  exclude: z.array(z.string().min(1)).default([]).describe('Patterns of rsync; what matches is neither sent nor removed'),
  repository: z.boolean().default(false).describe('Also push .git, .hg and .svn, which are left out by default'),
});

const service = z.union([
  z.string().regex(/^[A-Za-z0-9][\w.@:-]*$/, 'must be the name of a service'),
  z.strictObject({ command: argv.describe('Restarts it') }),
]);

const check = z.union([
  z.strictObject({ command: argv.describe('Exit status 0: it works'), within }),
  z.strictObject({ port: z.int().min(1).max(65_535).describe('A TCP port on which something on the host listens'), within }),
  z.strictObject({ http: z.url({ protocol: /^https?$/ }).describe('Address that answers, asked from the host'), within }),
]);

/** The args of the push module. */
export const pushArgs = z.strictObject({
  trees: z.array(tree).min(1).describe('Folders to push, switched one right after the other'),
  services: z.array(service).default([]).describe('Restarted in this order after the switch: names, or { command: [...] }'),
  checks: z
    .array(check)
    .default([])
    .describe('What must hold after the restarts: { command: [...] }, { port: 80 } or { http: URL }, each with within'),
  confirm: duration('60s').describe('The host goes back by itself when swarm does not reach it again within this time'),
  keep: z.int().min(2).max(100).default(3).describe('How many versions stay on the host'),
  rollback: z
    .string()
    .default('')
    .describe('Go back to a version: its number, the start of its id or commit, or previous; nothing is sent'),
});

export type PushArgs = z.output<typeof pushArgs>;
export type TreeArgs = PushArgs['trees'][number];
export type ServiceArgs = PushArgs['services'][number];
export type CheckArgs = PushArgs['checks'][number];

/** What the push module registers. */
export const pushReturns = z.strictObject({
  trees: z.array(
    z.strictObject({
      dest: z.string().describe('Folder on the host'),
      before: z.int().nullable().describe('Number of the version that was in use'),
      version: z.int().nullable().describe('Number of the version that is in use now; null: a folder that swarm did not make'),
      commit: z.string().nullable().describe('Commit that it was made of'),
      sent: z.array(z.string()).describe('Paths that were sent'),
      deleted: z.array(z.string()).describe('Paths that the new version lacks'),
      bytes: z.int().describe('Bytes that were sent'),
      changed_there: z.array(z.string()).describe('Paths that somebody changed on the host since they were pushed'),
      added_there: z.array(z.string()).describe('Paths on the host that swarm did not bring; of a folder only its own path'),
    }),
  ),
});

export type PushReturns = z.output<typeof pushReturns>;
