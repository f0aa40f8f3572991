import { defineModule, queryScript, readScript, runScript, withLoadUrl, withTemporaryFiles, z } from '../../src/index.ts';

const args = z
  .strictObject({
    key: z
      .string()
      .regex(/^(?:https?:\/\/\S+|\/\S+|(?:0x)?[0-9A-Fa-f]{8,40})$/, 'must be a URL, an absolute path or the ID of a key')
      .describe('The key: a URL, a file of the host, or with state: absent the ID of a key'),
    state: z.enum(['present', 'absent']).default('present').describe('present: rpm trusts the key; absent: it does not'),
    fingerprint: z
      .string()
      .transform((value) => value.replace(/\s+/g, '').toUpperCase())
      .pipe(z.string().regex(/^[0-9A-F]{40}$/, 'must be the 40 hexadecimal digits of a fingerprint'))
      .optional()
      .describe('The fingerprint that the key must have'),
  })
  .refine(({ key, state }) => state === 'absent' || !/^(?:0x)?[0-9A-Fa-f]{8,40}$/.test(key), {
    error: 'state: present needs a URL or a path',
  });

export default defineModule({
  summary: 'Let rpm trust a key that signs packages',
  args,
  returns: z.strictObject({ key: z.string(), id: z.string().describe('The last eight digits of its fingerprint') }),
  freeForm: 'key',
  example: `rpm_key:
  key: https://example.org/RPM-GPG-KEY
`,
  async *run(probe, { key, state, fingerprint = '' }) {
    const text = await queryScript(
      probe,
      withLoadUrl(readScript(import.meta.dirname, 'rpm_key-state.sh')),
      [key, fingerprint],
      `key ${key}`,
    );
    const [id = '', found = ''] = text.trim().split(' ');
    if (state === 'present' && found === 'absent') yield keyChange('create', 'import', key, fingerprint);
    if (state === 'absent' && found === 'present') yield keyChange('delete', 'erase', key, id);
    return { key, id };
  },
});

const keyChange = (verb: 'create' | 'delete', action: string, key: string, detail: string) => ({
  verb,
  subject: `key ${key} of rpm`,
  apply: async (remote: Parameters<typeof runScript>[0]) =>
    void (await runScript(
      remote,
      withTemporaryFiles(withLoadUrl(readScript(import.meta.dirname, 'rpm_key-apply.sh'))),
      [action, key, detail],
      `key ${key}`,
    )),
});
