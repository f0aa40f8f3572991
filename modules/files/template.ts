import { basename, join } from 'node:path/posix';
import {
  absolutePath,
  defineModule,
  ensureFileContent,
  fileContentReturns,
  findSource,
  readSourceText,
  statFile,
  writeArgs,
  z,
} from '../../src/index.ts';

export default defineModule({
  summary: 'Fill in a template for the host and copy it there',
  args: z.strictObject({
    src: z.string().min(1).describe('Template on this machine: absolute, or below templates/ of the project'),
    dest: absolutePath.describe('Path on the host; with / at the end: into that folder'),
    force: z.boolean().default(true).describe('false: a file that is there stays as it is'),
    ...writeArgs,
  }),
  returns: z.strictObject({ dest: z.string().describe('Path on the host'), ...fileContentReturns.omit({ path: true }).shape }),
  example: `template:
  src: make.conf.hbs
  dest: /etc/portage/make.conf
  mode: "0644"
`,
  async *run(probe, { src, dest, force, ...wanted }) {
    const { path } = await findSource(src, probe.paths.templates);
    const content = probe.render(await readSourceText(path), path);
    const target = dest.endsWith('/') ? join(dest, basename(path, '.hbs')) : dest;
    if (!force) {
      const { stat } = await statFile(probe, target);
      if (stat.type === 'file') return { dest: target, size: stat.size, sha256: stat.sha256 ?? '' };
    }
    const { path: written, ...rest } = yield* ensureFileContent(probe, { path: target, content, ...wanted });
    return { dest: written, ...rest };
  },
});
