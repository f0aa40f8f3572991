import {
  absolutePath,
  attributeArgs,
  defineModule,
  ensureFileContent,
  oneLine,
  queryScript,
  readScript,
  removeFile,
  requireFile,
  requireFolderOf,
  statPaths,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Write the public part of a private key into a file',
  args: z
    .strictObject({
      path: absolutePath.describe('File of the public part'),
      privatekey_path: absolutePath.optional().describe('File of the private key on the host'),
      privatekey_passphrase: oneLine.max(1000).optional().describe('Passphrase of the private key'),
      format: z.enum(['PEM', 'OpenSSH']).default('PEM').describe('OpenSSH: a line as in authorized_keys'),
      state: z.enum(['present', 'absent']).default('present').describe('present: the file is there; absent: it is removed'),
      ...attributeArgs,
    })
    .refine(({ state, privatekey_path }) => state === 'absent' || privatekey_path !== undefined, { error: 'give privatekey_path' }),
  returns: z.strictObject({ filename: z.string(), publickey: z.string().exactOptional() }),
  example: `openssl_publickey:
  path: /etc/ssl/shop.pub
  privatekey_path: /etc/ssl/private/shop.key
`,
  async *run(probe, { path, privatekey_path: key = '', privatekey_passphrase = '', format, state, ...attributes }) {
    if (state === 'absent') {
      if ((await statPaths(probe, [{ path }]))[0]?.type !== 'absent') yield removeFile(path);
      return { filename: path };
    }
    await requireFile(probe, key, path);
    await requireFolderOf(probe, path);
    const script = readScript(import.meta.dirname, 'openssl_publickey-read.sh');
    const publickey = await queryScript(probe, script, [key, format], path, `${privatekey_passphrase}\n`);
    yield* ensureFileContent(probe, { path, content: publickey, ...attributes });
    return { filename: path, publickey };
  },
});
