import { defineModule, missingProgramError, runAsChange, SwarmError, z } from '../../src/index.ts';

const PREVIEW = ['env', 'LC_ALL=C', 'NO_COLOR=1', 'emerge', '--ignore-default-opts', '--color=n', '--depclean'] as const;

export default defineModule({
  summary: 'Remove packages that nothing needs: emerge plans first, and exactly the plan is removed',
  args: z.strictObject({
    packages: z
      .array(
        z
          .string()
          .regex(/^[\w.+~<>=*/:-]+$/, 'must be an atom')
          .regex(/^[^-]/, 'must be an atom'),
      )
      .default([])
      .describe('Only these, where nothing needs them'),
    keep: z
      .array(z.string().regex(/^[\w.+-]+\/[\w.+-]+$/, 'must be category/name'))
      .default([])
      .describe('Packages that stay: the task fails where the plan has one'),
    max: z.int().positive().default(50).describe('The task fails where the plan has more packages'),
  }),
  returns: z.strictObject({ removed: z.array(z.string()).describe('Atoms; in a check: what would be removed') }),
  example: `depclean:
  keep: [sys-kernel/gentoo-sources]
`,
  async *run(probe, { packages, keep, max }) {
    const { exit, stdout, stderr } = await probe.query({ argv: [...PREVIEW, '--pretend', ...packages] });
    if (exit !== 0)
      throw (
        missingProgramError({ stderr }, 'depclean') ??
        new SwarmError('SW6012', 'emerge cannot plan what to remove', {
          detail: (stderr || stdout).trim().split('\n').slice(-20).join('\n'),
        })
      );
    const removed = /^All selected packages: (.*)$/m.exec(stdout)?.[1]?.trim().split(/\s+/) ?? [];
    if (removed.length === 0) return { removed };
    const kept = removed.filter((atom) => keep.some((name) => atom.startsWith(`=${name}-`)));
    if (kept.length > 0)
      throw new SwarmError('SW6012', `the plan would remove what is to stay: ${kept.join(' ')}`, {
        hint: `Add it to the world set: emerge --noreplace ${kept.map((atom) => `'${atom}'`).join(' ')}`,
      });
    if (removed.length > max)
      throw new SwarmError('SW6012', `the plan would remove ${removed.length} packages, more than ${max}`, {
        detail: removed.join('\n'),
        hint: 'If that is right, write max: with a larger number.',
      });
    const changes = runAsChange(probe, {
      argv: [...PREVIEW, ...removed],
      subject: `remove ${removed.length} ${removed.length === 1 ? 'package' : 'packages'}`,
    });
    for (let step = await changes.next(); !step.done; step = await changes.next()) {
      const { unknownInCheck: _, ...change } = step.value; // the plan is known
      yield { ...change, verb: 'delete', before: removed.map((atom) => `${atom}\n`).join(''), after: '' };
    }
    return { removed };
  },
});
