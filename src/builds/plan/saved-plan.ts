import { z } from 'zod';
import { SwarmError } from '../../core/error/swarm-error.ts';
import { readLocalFile } from '../../core/files/read-local-file.ts';
import { formatDateTime } from '../../core/time/date-text.ts';
import { writeJsonAtomic } from '../../journal/atomic-json.ts';
import type { BuildBasis } from '../target/fitting-drones.ts';
import { planItemSchema } from './plan-item.ts';

const FORMAT = 'swarm build plan 1';

/** A package that the binhost has already. */
export const publishedPackageSchema = z.strictObject({
  target: z.string(),
  cpv: z.string(),
  slot: z.string(),
  repo: z.string(),
  use: z.array(z.string()),
  buildId: z.int().nullish(),
});

/** A package that clients must build themselves. */
export const unpublishableSchema = z.strictObject({ target: z.string(), cpv: z.string(), reason: z.enum(['bindist', 'no ebuild']) });

/** A published package that was built against an older sub-slot, and cannot be built again. */
export const outdatedSchema = z.strictObject({ target: z.string(), cpv: z.string(), because: z.string() });

const basisSchema = z.strictObject({
  settings: z.record(z.string(), z.string()),
  toolchain: z.record(z.string(), z.string()),
  profile: z.string(),
  repositories: z.record(z.string(), z.string()),
  files: z.record(z.string(), z.array(z.string()).readonly()),
});

const savedPlanSchema = z.strictObject({
  format: z.literal(FORMAT),
  made: z.iso.datetime(),
  /** What each target was planned with, and the drones that fitted it. */
  targets: z.array(z.strictObject({ name: z.string(), drones: z.array(z.string()).readonly(), basis: basisSchema })),
  packages: z.array(planItemSchema),
  published: z.array(publishedPackageSchema),
  unpublishable: z.array(unpublishableSchema),
  outdated: z.array(outdatedSchema),
  portage: z.string().nullable(),
});

/** A plan of a build in a file: `swarm run build --check --plan FILE`. */
export type SavedPlan = z.output<typeof savedPlanSchema>;

const makeSavedPlan = (plan: Omit<SavedPlan, 'format' | 'made'>, now: Date): SavedPlan => ({
  format: FORMAT,
  made: now.toISOString(),
  ...plan,
});

/** Writes the file completely or not at all. Throws SW50xx. */
export const writeSavedPlan = (file: string, plan: Omit<SavedPlan, 'format' | 'made'>, now: Date): void =>
  writeJsonAtomic(file, makeSavedPlan(plan, now));

/** Throws SW1205 where packages, targets or clients are named beside a saved plan. */
export function assertPlanAlone(file: string, named: readonly unknown[]): void {
  if (named.length === 0) return;
  throw new SwarmError('SW1205', 'a saved plan takes no packages, no target and no clients', {
    hint: `Run it as it is: swarm run build --plan ${file}. Or make a new one: add --check`,
  });
}

/** Throws SW1309 for a file that is not a plan, SW50xx where it cannot be read. */
export async function readSavedPlan(file: string): Promise<SavedPlan> {
  const bytes = await readLocalFile(file, `Make the plan first: swarm run build --check --plan ${file}`);
  const parsed = savedPlanSchema.superRefine(checkItems).safeParse(parseJson(bytes.toString('utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new SwarmError('SW1309', `${file} is not a plan of swarm, or it is damaged: ${issue?.path.join('.') || 'not a mapping'}`, {
    hint: `Make it again: swarm run build --check --plan ${file}`,
    ...(issue === undefined ? {} : { detail: issue.message }),
  });
}

/** An item outside the plan's own targets, drones or items would be built without the comparison that guards the plan. */
function checkItems({ packages, targets }: SavedPlan, context: z.RefinementCtx): void {
  const ids = new Set<string>();
  for (const { id } of packages) {
    if (ids.has(id)) context.addIssue({ code: 'custom', path: ['packages'], message: `${id} is in it twice` });
    ids.add(id);
  }
  for (const [i, { id, target, drones, needs }] of packages.entries()) {
    const planned = targets.find(({ name }) => name === target);
    const need = needs.find((one) => !ids.has(one));
    const drone = drones.find((one) => planned?.drones.includes(one) !== true);
    const fault =
      planned === undefined
        ? `${id} is for ${target}, which is not a target of the plan`
        : need !== undefined
          ? `${id} needs ${need}, which is not in the plan`
          : drone !== undefined
            ? `${id} is for ${drone}, which is not a drone of ${target} in the plan`
            : undefined;
    if (fault !== undefined) context.addIssue({ code: 'custom', path: ['packages', i], message: fault });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Throws SW3010 with every difference where a target is not as it was when the plan was made. */
export function assertPlanHolds(
  file: string,
  { made, targets }: SavedPlan,
  current: readonly { readonly name: string; readonly drones: readonly string[]; readonly basis: BuildBasis }[],
): void {
  const differences = targets.flatMap((planned) => {
    const now = current.find(({ name }) => name === planned.name);
    if (now === undefined) return [`there is no target ${planned.name} any more`];
    const gone = planned.drones.filter((drone) => !now.drones.includes(drone));
    return [
      ...gone.map((drone) => `${drone} does not fit ${planned.name} any more`),
      ...compareBasis(planned.basis, now.basis).map((text) => `${planned.name}: ${text}`),
    ];
  });
  const [first] = differences;
  if (first === undefined) return;
  throw new SwarmError('SW3010', `the plan of ${formatDateTime(made)} does not hold any more: ${first}`, {
    hint: `Make a new plan: swarm run build --check --plan ${file}`,
    detail: differences.join('\n'),
  });
}

function compareBasis(planned: BuildBasis, now: BuildBasis): readonly string[] {
  return [
    ...compareTexts('repository', planned.repositories, now.repositories),
    ...compareTexts('', { profile: planned.profile }, { profile: now.profile }),
    ...compareTexts('', planned.toolchain, now.toolchain),
    ...compareTexts('', planned.settings, now.settings),
    ...compareTexts('', joinFileLines(planned.files), joinFileLines(now.files)),
  ];
}

function compareTexts(kind: string, planned: Readonly<Record<string, string>>, now: Readonly<Record<string, string>>): readonly string[] {
  const names = [...new Set([...Object.keys(planned), ...Object.keys(now)])];
  return names
    .filter((name) => (planned[name] ?? '') !== (now[name] ?? ''))
    .map((name) => `${`${kind} ${name}`.trim()} was ${quote(planned[name])}, is ${quote(now[name])}`);
}

const joinFileLines = (files: BuildBasis['files']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([name, lines]) => [name, lines.join('; ')]));

const quote = (text = ''): string => (text === '' ? 'empty' : `"${text}"`);
