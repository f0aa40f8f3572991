import { z } from 'zod';
import { META_ACTIONS } from '../../../core/playbook/step-model.ts';
import { varsSchema } from '../../schema/vars-schema.ts';
import { condition, loopKeywords, name, stepKeywords, tags, text, title } from './keyword-shapes.ts';

const fileName = z.union([text, z.strictObject({ file: text })], { error: 'takes the name of a file' });
export const importSchema = z.strictObject({ ...stepKeywords, import_tasks: fileName });
/** The keywords under `apply:`. */
export const applySchema = z.strictObject(stepKeywords);
/** What is chosen while the play runs: the keywords of a task that have a meaning for it. */
export const includeSchema = z.strictObject({ ...stepKeywords, ...loopKeywords, register: name.optional() });
export const metaSchema = z.strictObject({
  ...{ name: title.optional(), when: condition.optional(), tags: tags.optional(), vars: varsSchema.nullable().optional() },
  meta: z.enum(META_ACTIONS),
});

/** A key that Ansible needs and swarm reads for its sake alone. */
const noEffect = (why: string) =>
  z
    .boolean()
    .optional()
    .meta({ description: `has no effect: ${why}`, examples: [true] });

/** The name of a role, and which of its files are read instead of `main.yml`. The last three change nothing: a role can always be read
 *  twice, and its variables are those of the play. */
export const roleNameSchema = z.strictObject({
  name: text.meta({ description: 'the name of the role', examples: ['nginx'] }),
  tasks_from: text.optional().meta({ description: 'the file of tasks instead of main.yml', examples: ['install.yml'] }),
  vars_from: text.optional().meta({ description: 'the file of variables instead of main.yml', examples: ['debian.yml'] }),
  defaults_from: text.optional().meta({ description: 'the file of defaults instead of main.yml', examples: ['debian.yml'] }),
  handlers_from: text.optional().meta({ description: 'the file of handlers instead of main.yml', examples: ['debian.yml'] }),
  allow_duplicates: noEffect('a role can always run twice'),
  public: noEffect('variables of a role are those of the play'),
  rolespec_validate: noEffect('the arguments of a role are not declared'),
});
export const importRoleSchema = z.strictObject({ ...stepKeywords, import_role: roleNameSchema });
/** An entry of `roles:`. Its other keys are variables of the role. */
export const roleEntrySchema = z.strictObject({ ...stepKeywords, role: text });
export const importPlaybookSchema = z.strictObject({
  ...{ name: title.optional(), when: condition.optional(), tags: tags.optional(), vars: varsSchema.nullable().optional() },
  import_playbook: text,
});
