import { z } from 'zod';

const error = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
  host: z.string().optional(),
  at: z.looseObject({}).optional(),
});
/** Only of `swarm exec`. `exit` is null where the command did not run to its end. */
const commandOutput = { stdout: z.string().optional(), stderr: z.string().optional(), exit: z.int().nullable().optional() };
/** Only of `swarm task --result`. */
const taskResult = { result: z.json().optional() };
/** `changed` of a check: what would change. Only a check has `unknown`: what it could not find out. */
const tally = {
  ok: z.int(),
  changed: z.int(),
  skipped: z.int(),
  failed: z.int(),
  unreachable: z.int(),
  refused: z.int(),
  unknown: z.int().optional(),
};

/** The drones that get nothing of a target. */
const unfit = z.array(
  z.looseObject({ name: z.string(), status: z.literal('unfit'), target: z.string(), because: z.string(), fix: z.string() }),
);

/** Only with --check, of a playbook with a queue. `estimate` is null where no past run shows it; `seconds` is what the plan takes then. */
const plan = z.object({
  items: z.array(
    z.looseObject({
      id: z.string(),
      needs: z.array(z.string()),
      host: z.string().nullable(),
      estimate: z.number().nullable(),
      start: z.number().nullable(),
      seconds: z.number().nullable(),
      critical: z.boolean(),
    }),
  ),
  end: z.object({ seconds: z.number(), spread: z.number() }),
  unfit,
});

/** One line of ndjson and of events.jsonl: what is common to all; further fields depend on `type`. */
export const eventsSchema = (): object =>
  z.toJSONSchema(z.looseObject({ v: z.literal(1), run: z.string(), seq: z.int().min(0), at: z.iso.datetime(), type: z.string() }));

/** The document of `-o json` for a run. A command that ends before a run begins prints `exit` and `errors` alone. */
export const resultSchema = (): object => {
  const { required = [], ...schema } = z.toJSONSchema(runDocument);
  const always = ['exit', 'errors'];
  return { ...schema, required: always, dependentRequired: { run: required.filter((name) => name !== 'run' && !always.includes(name)) } };
};

const runDocument = z.looseObject({
  run: z.string(),
  playbook: z.string(),
  status: z.enum(['running', 'ok', 'failed', 'interrupted']),
  exit: z.int(),
  hosts: z.record(z.string(), z.looseObject({ ...tally, route: z.string().nullable(), ...commandOutput, ...taskResult })),
  items: z.array(
    z.looseObject({
      id: z.string(),
      status: z.string(),
      host: z.string().nullable(),
      attempts: z.int(),
      seconds: z.number().nullable(),
    }),
  ),
  trees: z
    .array(
      z.looseObject({
        ...{ name: z.string(), host: z.string(), status: z.enum(['none', 'changed', 'behind', 'current']) },
        ...{ version: z.looseObject({ number: z.int(), id: z.string(), at: z.string(), run: z.string() }).nullable() },
        ...{ kept: z.array(z.looseObject({ number: z.int() })) },
        ...{ send: z.array(z.string()), remove: z.array(z.string()) },
        ...{ changed_there: z.array(z.string()), added_there: z.array(z.string()) },
      }),
    )
    .optional(),
  published: z.array(z.looseObject({ cpv: z.string(), path: z.string(), size: z.int(), sha256: z.string(), host: z.string() })),
  held: z.array(z.looseObject({ cpv: z.string(), path: z.string(), needs: z.array(z.string()) })).optional(),
  clients: z
    .array(
      z.looseObject({
        ...{ name: z.string(), status: z.enum(['behind', 'current']), target: z.string() },
        updates: z.array(z.looseObject({ cpv: z.string(), from: z.string().nullable() })),
        missing: z.array(z.looseObject({ cpv: z.string(), reason: z.string(), because: z.string() })),
      }),
    )
    .optional(),
  unfit: unfit.optional(),
  healing: z
    .array(z.looseObject({ host: z.string(), step: z.string(), status: z.string(), at: z.string(), because: z.string().optional() }))
    .optional(),
  plan: plan.optional(),
  errors: z.array(error),
});
