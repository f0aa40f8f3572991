import { defineModule, queryScript, readScript, z } from '../../src/index.ts';

export default defineModule({
  summary: 'Read a database of the host: passwd, group, hosts, services',
  args: z.strictObject({
    database: z
      .string()
      .regex(/^[a-z]\w*$/, 'must be the name of a database: passwd')
      .describe('passwd, group, shadow, hosts, services or another one that getent(1) knows'),
    key: z
      .string()
      .regex(/^[^-\s]\S*$/, 'must be one word')
      .optional()
      .describe('Only this entry; left out: all'),
    split: z
      .string()
      .min(1)
      .max(1)
      .optional()
      .describe('What separates the fields; left out: white space for hosts, services and the like, else `:`'),
    fail_key: z.boolean().default(true).describe('Fail where the database does not have the entry'),
  }),
  returns: z.strictObject({
    database: z.string(),
    entries: z.record(z.string(), z.array(z.string())).describe('For each entry its fields without the first, which is its name'),
  }),
  freeForm: 'database',
  example: `getent:
  database: passwd
  key: root
`,
  async *run(probe, { database, key, split, fail_key }) {
    const words = [database, fail_key ? 'yes' : 'no', ...(key === undefined ? [] : [key])];
    const text = await queryScript(probe, readScript(import.meta.dirname, 'getent.sh'), words, `getent ${database}`);
    const separator = split ?? (COLONS.has(database) ? ':' : /\s+/);
    const rows = text.split('\n').filter((line) => line.trim() !== '');
    const entries = rows.map((line) => line.split(separator)).map(([name = '', ...fields]) => [name, fields] as const);
    return { database, entries: Object.fromEntries(entries) };
  },
});

const COLONS = new Set(['passwd', 'shadow', 'group', 'gshadow']);
