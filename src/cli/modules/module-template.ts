/** A module that works as it is: a file of the host with one line of text. */
export const moduleTemplate = (name: string): string => `import { defineModule, statFile, z } from 'build-swarm';

export default defineModule({
  summary: 'A file with one line of text',
  args: z.strictObject({
    path: z.string().startsWith('/', 'an absolute path').describe('Path on the host'),
    text: z.string().describe('The line'),
  }),
  returns: z.strictObject({
    path: z.string().describe('Path on the host'),
  }),
  example: \`${name}:
  path: /tmp/hello
  text: hello
\`,
  async *run(probe, { path, text }) {
    const wanted = \`\${text}\\n\`;
    const { path: file } = await statFile(probe, path); // where the path is a link: the file that it leads to
    const bytes = await probe.read(file); // undefined: there is no such file
    const found = bytes === undefined ? '' : new TextDecoder().decode(bytes);
    if (bytes === undefined || found !== wanted) {
      yield {
        verb: bytes === undefined ? 'create' : 'update',
        subject: path,
        before: found,
        after: wanted,
        apply: (remote) => remote.write(file, wanted),
      };
    }
    return { path };
  },
});
`;

/** The test that belongs to it. */
export const moduleTestTemplate = (name: string): string => `import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { testModule } from 'build-swarm/testing';
import module from '../modules/${name}.ts';

// testModule runs the module on this machine. It fails where the module accepts an unknown argument,
// writes in a check, changes something in a second run, or returns a value that its schema does not describe.
test('${name} writes the line', async () => {
  await testModule(module, {
    args: (dir) => ({ path: \`\${dir}/hello\`, text: 'hello' }),
    verify: async (dir) => assert.equal(await readFile(\`\${dir}/hello\`, 'utf8'), 'hello\\n'),
  });
});
`;
