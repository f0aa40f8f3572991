import { defineModule, queryScript, runAsChange, z } from '../../src/index.ts';

/** portageq exits with 1 where there is none. */
const LIST = 'command -v portageq >/dev/null || { echo "the host has no portageq" >&2; exit 1; }; portageq list_preserved_libs / || :';

export default defineModule({
  summary: 'Build again the packages that use libraries which an update preserved',
  args: z.strictObject({
    options: z
      .array(z.string().regex(/^--[a-z][\w=-]*$/, 'must be an option of emerge'))
      .default([])
      .describe('More options of emerge: --usepkg'),
  }),
  returns: z.strictObject({ libraries: z.array(z.string()).describe('The preserved libraries before') }),
  example: `preserved_rebuild:
  options: [--usepkg]
`,
  async *run(probe, { options }) {
    const text = await queryScript(probe, LIST, [], 'preserved libraries');
    const libraries = text.split(/\s+/).filter((word) => word.startsWith('/'));
    if (libraries.length === 0) return { libraries };
    const argv = [
      'env',
      'LC_ALL=C',
      'NO_COLOR=1',
      'emerge',
      '--ignore-default-opts',
      '--color=n',
      '--oneshot',
      ...options,
      '@preserved-rebuild',
    ] as const;
    const changes = runAsChange(probe, { argv, subject: '@preserved-rebuild' });
    for (let step = await changes.next(); !step.done; step = await changes.next()) {
      const { unknownInCheck: _, ...change } = step.value; // what is rebuilt is known
      yield { ...change, verb: 'update', before: libraries.map((path) => `${path}\n`).join(''), after: '' };
    }
    return { libraries };
  },
});
