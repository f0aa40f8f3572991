import { randomBytes } from 'node:crypto';
import {
  absolutePath,
  defineModule,
  editFile,
  joinLines,
  type Probe,
  queryScript,
  readScript,
  SwarmError,
  splitLines,
  writeArgs,
  z,
} from '../../src/index.ts';

/** The option of openssl for each scheme. A hash of the scheme begins with it, between dollar signs. */
const SCHEMES = { apr_md5_crypt: 'apr1', sha256_crypt: '5', sha512_crypt: '6' } as const;
const HASH = /^\$(apr1|1|5|6)\$([./0-9A-Za-z]{1,16})\$/;

const args = z
  .strictObject({
    path: absolutePath.describe('File of the passwords'),
    name: z
      .string()
      .regex(/^[^:\s\0]{1,255}$/, 'must be a name without : and blanks')
      .describe('Name of the user'),
    password: z
      .string()
      .regex(/^[^\n\0]+$/, 'must be one line')
      .refine((text) => Buffer.byteLength(text) <= 255, { error: 'must have at most 255 bytes: openssl reads no more' })
      .optional()
      .describe('Password of the user'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the user has this password; absent: the user is removed'),
    hash_scheme: z
      .enum(['apr_md5_crypt', 'sha256_crypt', 'sha512_crypt'])
      .default('apr_md5_crypt')
      .describe('How a new hash is made; apr_md5_crypt is what every web server reads'),
    create: z.boolean().default(true).describe('Create the file if it does not exist'),
    ...writeArgs,
  })
  .refine(({ state, password }) => state === 'absent' || password !== undefined, { error: 'state: present needs password' });

export default defineModule({
  summary: 'Keep a user with a password in a file for the login of a web server',
  args,
  returns: z.strictObject({ path: z.string(), name: z.string() }),
  example: `htpasswd:
  path: /etc/nginx/htpasswd
  name: web
  password: "{{ web_password }}"
  mode: "0640"
`,
  async *run(probe, { path, name, password, state, hash_scheme, create, ...wanted }) {
    const missing = state === 'absent' ? 'skip' : create ? 'create' : 'fail';
    const bytes = await probe.read(path);
    const found = findHash(bytes === undefined ? '' : new TextDecoder().decode(bytes), name);
    const hash = password === undefined || state === 'absent' ? undefined : await chooseHash(probe, name, found, password, hash_scheme);
    // a diff would show the hashes of all users
    for await (const { before: _, after: __, ...change } of editFile(probe, { path, missing, ...wanted }, (text) =>
      editUser(text, name, hash),
    ))
      yield change;
    return { path, name };
  },
});

const findHash = (text: string, name: string): string | undefined =>
  splitLines(text)
    .find((line) => line.startsWith(`${name}:`))
    ?.slice(name.length + 1)
    .trim();

/** The hash in the file, if it is one of this password; else a new one. Throws SW6012 for a hash that openssl cannot compare. */
async function chooseHash(
  probe: Probe,
  name: string,
  found: string | undefined,
  password: string,
  scheme: keyof typeof SCHEMES,
): Promise<string> {
  const make = async (option: string, salt: string): Promise<string> =>
    (
      await queryScript(probe, readScript(import.meta.dirname, 'htpasswd-hash.sh'), [option, salt], `password of ${name}`, `${password}\n`)
    ).trim();
  const [, option, salt] = HASH.exec(found ?? '') ?? [];
  if (found?.startsWith('$2'))
    throw new SwarmError('SW6012', `the password of ${name} is kept with bcrypt, which openssl cannot compare`, {
      hint: 'Leave the entry as it is, or remove it first with state: absent.',
    });
  if (found !== undefined && option !== undefined && salt !== undefined && (await make(option, salt)) === found) return found;
  return make(
    SCHEMES[scheme],
    randomBytes(12)
      .toString('base64')
      .replaceAll('+', '.')
      .slice(0, scheme === 'apr_md5_crypt' ? 8 : 16),
  );
}

function editUser(text: string, name: string, hash: string | undefined): string {
  const lines = splitLines(text);
  const isUser = (line: string): boolean => line.startsWith(`${name}:`);
  if (hash === undefined) return lines.some(isUser) ? joinLines(lines.filter((line) => !isUser(line))) : text;
  const first = lines.findIndex(isUser);
  if (first < 0) return joinLines([...lines, `${name}:${hash}`]);
  if (lines[first]?.slice(name.length + 1).trim() === hash) return text;
  return joinLines(lines.flatMap((line, at) => (at === first ? [`${name}:${hash}`] : isUser(line) ? [] : [line])));
}
