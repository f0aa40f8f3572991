import { defineModule, queryScript, readScript, runScript, z } from '../../src/index.ts';

/** The answer comes on standard input: a password is on no command line. */
const SET = 'debconf-set-selections $1';

const word = z.string().regex(/^[\w][\w.+:/-]*$/, 'must be one word');

export default defineModule({
  summary: 'Answer a question that a package of Debian asks when it is installed',
  args: z.strictObject({
    name: word.describe('Package: tzdata'),
    question: word.describe('Name of the question: tzdata/Areas'),
    vtype: z
      .enum(['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'])
      .describe('What kind of answer it takes'),
    value: z
      .union([z.string().regex(/^[^\0\n]*$/, 'must be one line'), z.boolean(), z.number()])
      .transform(String)
      .describe('The answer'),
    unseen: z.boolean().default(false).describe('Let the package ask nevertheless'),
  }),
  returns: z.strictObject({ name: z.string(), question: z.string() }),
  example: `debconf:
  name: tzdata
  question: tzdata/Areas
  vtype: select
  value: Europe
`,
  async *run(probe, { name, question, vtype, value, unseen }) {
    const subject = `answer to ${question}`;
    const wanted = vtype === 'boolean' ? value.toLowerCase() : value;
    const text = await queryScript(probe, readScript(import.meta.dirname, 'debconf-get.sh'), [name, question], subject);
    const [, found] = /^0 ?(.*)$/m.exec(text) ?? [];
    if (found !== wanted) {
      const isSecret = vtype === 'password';
      yield {
        verb: found === undefined ? 'create' : 'update',
        subject,
        ...(isSecret ? {} : { before: found === undefined ? '' : `${found}\n`, after: `${wanted}\n` }),
        apply: async (remote) =>
          void (await runScript(remote, SET, unseen ? ['--unseen'] : [], subject, `${name} ${question} ${vtype} ${wanted}\n`)),
      };
    }
    return { name, question };
  },
});
