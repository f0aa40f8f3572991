import { z } from 'zod';
import type { Target } from '../../core/inventory/target.ts';
import type { Probe } from '../../core/module.ts';
import { requireTarget } from '../../core/unknown-name.ts';

const slotSchema = z.strictObject({ cpv: z.string(), slot: z.string(), subSlot: z.string() });

/** One package to build for one target: an item of the build queue, with everything that its result is compared with. */
export const planItemSchema = z.strictObject({
  id: z.string().describe('Unique in the run: the cpv, with the target before it where the project has several'),
  target: z.string(),
  drones: z.array(z.string()).readonly().describe('Hosts that fit the target and may build it'),
  cpv: z.string(),
  slot: z.string(),
  subSlot: z.string(),
  repo: z.string(),
  eapi: z.string().nullable(),
  ebuild: z.string().nullable().default(null).describe('SHA-256 of the ebuild'),
  use: z.array(z.string()).readonly().describe('The flags that are on'),
  iuse: z.array(z.string()).readonly(),
  restrict: z.array(z.string()).readonly(),
  flags: z.record(z.string(), z.string()).describe('CHOST, CFLAGS, CXXFLAGS, LDFLAGS'),
  config: z.string().nullable().default(null).describe("Hash of the target's folder that it was planned with; null: it has none"),
  basis: z.string().default('').describe('Digest of the settings, files, profile, glibc and gcc that the drones have for the target'),
  toolchain: z.record(z.string(), z.string()).default({}).describe('The versions of glibc and gcc that the drones have'),
  needs: z.array(z.string()).readonly().describe('Ids of items that must be published first'),
  dependencies: z
    .array(slotSchema.extend({ from: z.enum(['base', 'binary', 'source']) }))
    .readonly()
    .describe('What is installed while it is built'),
  builtWith: z.array(slotSchema).readonly().describe('The sub-slots that it must record'),
  base: z
    .array(slotSchema.extend({ use: z.array(z.string()).readonly() }))
    .readonly()
    .describe('What it needs to run and clients have without the binhost'),
  ignored: z.array(z.string()).readonly().describe('Packages of the binhost that do not count for whether clients can install it'),
  reason: z.enum(['new', 'upgrade', 'rebuild']),
  because: z.string(),
  shown: z
    .strictObject({
      cpv: z.string(),
      target: z.string(),
      reason: z.enum(['new', 'upgrade', 'rebuild']),
      because: z.string(),
      use: z.array(z.string()).readonly().describe('Every flag, those that are off with `-` before it'),
      useText: z.string().describe('The flags as emerge shows them, compared with what is published'),
    })
    .readonly()
    .optional()
    .describe('What --check shows of it'),
});

/** An item of the build queue. */
export type QueuedPackage = z.output<typeof planItemSchema>;

/** The target by its name; the first one where none is named. Throws SW1203. */
export function findTarget({ paths: { targets } }: Probe, name: string | undefined): Target {
  return name === undefined ? targets[0] : requireTarget(targets, name);
}

/** What a plan shows of an item: `use` has every flag, those that are off with `-` before it. */
export function showItem(
  item: Pick<QueuedPackage, 'cpv' | 'target' | 'reason' | 'because' | 'use' | 'iuse'> & { readonly useText: string },
): NonNullable<QueuedPackage['shown']> {
  const { cpv, target, reason, because, use, iuse, useText } = item;
  const off = iuse.filter((flag) => !use.includes(flag)).map((flag) => `-${flag}`);
  return { cpv, target, reason, because, use: [...use, ...off], useText };
}
