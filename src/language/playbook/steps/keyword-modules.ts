import { z } from 'zod';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import { isMapping, type Json, type Vars } from '../../../core/json-value.ts';
import type { Remote } from '../../../core/module.ts';
import { readJobOutput } from '../../../core/output/job-output.ts';
import { RESULT_SIZE } from '../../../core/output/result-bytes.ts';
import type { KeywordModule } from '../../../core/playbook/step-model.ts';
import { splitLines } from '../../../core/text-lines.ts';
import { varsSchema } from '../../schema/vars-schema.ts';
import { roleNameSchema } from '../shapes/include-schema.ts';

/** Returns its arguments. What follows from them is work of the engine. */
// biome-ignore lint/correctness/useYield: it changes nothing on a host
async function* returnArgs(_: unknown, args: Json): AsyncGenerator<never, Json, void> {
  return args;
}

/** What a step includes, apart from the values of its loop. */
// biome-ignore lint/correctness/useYield: it changes nothing on a host
async function* returnInclude(_: unknown, args: Json): AsyncGenerator<never, Json, void> {
  return { include: args };
}

const asVars = (result: Json): Vars => (isMapping(result) ? result : {});

const applySchema = z
  .record(z.string(), z.json())
  .optional()
  .meta({ description: 'keywords that hold for each task that is included', examples: [{ tags: ['web'] }] });
const text = z.string().min(1);

const setFact: KeywordModule = {
  summary: 'Set variables of the host for the rest of the run',
  args: varsSchema.refine((vars) => Object.keys(vars).length > 0, { error: 'give a variable: set_fact: { port: 80 }' }),
  example: 'set_fact:\n  makeopts: "-j{{ facts.cores }}"\n',
  run: returnArgs,
  sets: asVars,
};

const includeTasks: KeywordModule = {
  summary: 'Run the tasks of a file that is chosen while the play runs',
  args: z.strictObject({ file: text.meta({ description: 'the name of the file', examples: ['web.yml'] }), apply: applySchema }),
  freeForm: 'file',
  example: 'include_tasks: "{{ facts.distribution }}.yml"\n',
  run: returnInclude,
};

const includeRole: KeywordModule = {
  summary: 'Run a role that is chosen while the play runs',
  args: roleNameSchema.extend({ apply: applySchema }),
  example: 'include_role: { name: base }\n',
  run: returnInclude,
};

const includeVars: KeywordModule = {
  summary: 'Read variables from a YAML file, for the rest of the run',
  args: z
    .strictObject({
      file: text.optional().meta({ description: 'the name of the file', examples: ['debian.yml'] }),
      dir: text.optional().meta({ description: 'a folder, all of whose files are read', examples: ['vars/sites'] }),
      name: text.optional().meta({ description: 'a variable that gets all others as a mapping', examples: ['site'] }),
    })
    .refine(({ file, dir }) => (file === undefined) !== (dir === undefined), { error: 'give either file or dir' }),
  freeForm: 'file',
  example: 'include_vars: "{{ facts.distribution }}.yml"\n',
  run: returnArgs,
};

const jobResult = z.object({
  job: z.string(),
  ansible_job_id: z.string(),
  started: z.boolean(),
  finished: z.boolean(),
  rc: z.number().optional(),
  stdout: z.string().optional(),
  stdout_lines: z.array(z.string()).optional(),
  truncated: z.literal(true).optional().describe(`More than ${RESULT_SIZE} were printed: the beginning is missing here`),
});

const asyncStatus: KeywordModule = {
  summary: 'See what became of a job that a task started with poll: 0',
  args: z.strictObject({ jid: text.meta({ description: 'the id of the job, in `job` of the result that started it' }) }),
  returns: jobResult,
  freeForm: 'jid',
  example: 'async_status: { jid: "{{ started.job }}" }\n',
  // biome-ignore lint/correctness/useYield: it changes nothing on a host
  async *run({ jobs }: Remote, { jid }: { readonly jid: string }): AsyncGenerator<never, Json, void> {
    const status = await jobs.status(jid);
    const common = { job: jid, ansible_job_id: jid, started: true };
    if (status.state === 'running') return { ...common, finished: false };
    if (status.state === 'absent')
      throw new SwarmError('SW6012', `there is no job ${jid}`, { hint: 'Give it the id in job of the result that started it.' });
    const { stdout, ...truncated } = await readJobOutput(jobs, jid, undefined);
    await jobs.forget(jid);
    const rc = status.state === 'exited' ? status.exit : 137;
    const result = { ...common, finished: true, rc, stdout, stdout_lines: splitLines(stdout), ...truncated };
    if (rc !== 0) throw new SwarmError('SW6001', `job ${jid} ended with ${rc}`, { cause: result, detail: stdout });
    return result;
  },
};

/** What a block with `loop:` decides with: only `when` and the loop count. */
export const blockModule: KeywordModule = { summary: '', args: z.strictObject({}), example: '', run: returnInclude };

/** The modules that are keywords of the language. A project cannot replace them. */
export const KEYWORD_MODULES: Readonly<Record<string, KeywordModule>> = Object.assign(Object.create(null), {
  set_fact: setFact,
  include_tasks: includeTasks,
  include_role: includeRole,
  include_vars: includeVars,
  async_status: asyncStatus,
});

/** `include_vars` of a task, with the variables of every file that it can name. */
export function includeVarsModule(read: (args: Vars) => Vars | undefined): KeywordModule {
  return {
    ...includeVars,
    // biome-ignore lint/correctness/useYield: it changes nothing on a host
    async *run(_, args: Vars): AsyncGenerator<never, Json, void> {
      const vars = read(args);
      const name = args['name'];
      if (vars === undefined) throw missingFileError(String(args['file'] ?? args['dir']));
      return typeof name === 'string' ? { [name]: vars } : vars;
    },
    sets: asVars,
  };
}

/** SW1116 for a name that means no file that was there before the run. */
export const missingFileError = (name: string): SwarmError =>
  new SwarmError('SW1116', `there was no file ${name} when the run began`, {
    hint: 'Correct the name, or make the file before the run.',
  });
