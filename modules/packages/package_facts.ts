import { defineModule, queryScript, readScript, z } from '../../src/index.ts';

export default defineModule({
  summary: 'List the installed packages of the host with their versions',
  args: z.strictObject({}),
  returns: z.strictObject({
    manager: z.enum(['emerge', 'apt', 'apk', 'dnf', 'pacman']),
    packages: z.record(z.string(), z.array(z.string())).describe('Name to versions; a package may be installed in more than one'),
  }),
  example: `package_facts: {}
`,
  async *run(probe) {
    const script = readScript(import.meta.dirname, 'package_facts.sh');
    const text = await queryScript(probe, script, [], 'package_facts', undefined, (output) => ({
      text: output,
      hint: output.includes('no package manager')
        ? 'It reads the packages of emerge, dpkg, apk, rpm and pacman. Leave the host out.'
        : undefined,
    }));
    const [manager = '', ...lines] = text.trimEnd().split('\n');
    const packages = new Map<string, string[]>();
    for (const line of lines) {
      const [name = '', version = ''] = line.split(' ');
      packages.set(name, [...(packages.get(name) ?? []), version]);
    }
    return { manager: manager as 'emerge' | 'apt' | 'apk' | 'dnf' | 'pacman', packages: Object.fromEntries(packages) };
  },
});
