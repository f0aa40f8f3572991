import { absolutePath, defineModule, editFile, type Probe, queryScript, readScript, runOrThrow, SwarmError, z } from '../../src/index.ts';

const locale = z.string().regex(/^[A-Za-z][\w.@-]*$/, 'must be a locale such as de_DE.UTF-8');

export default defineModule({
  summary: 'Make locales of glibc: /etc/locale.gen and locale-gen',
  args: z.strictObject({
    name: z
      .union([locale, z.array(locale).min(1)])
      .transform((value) => [value].flat())
      .describe('The locale, or a list of them'),
    state: z.enum(['present', 'absent']).default('present').describe('present: the host has the locale; absent: it is removed'),
    root: absolutePath.default('/').describe('The folder of the system: another one for what is mounted or a chroot'),
  }),
  returns: z.strictObject({ name: z.array(z.string()), path: z.string().describe('The file with the list') }),
  freeForm: 'name',
  example: `locale_gen:
  name: de_DE.UTF-8
`,
  async *run(probe, { name: names, state, root }) {
    const { made, known } = await readLocales(probe, root, names);
    const path = `${root.replace(/\/$/, '')}/etc/locale.gen`;
    const wanted = names.filter((name) => !isBuiltIn(name));
    let isEdited = false;
    yield* editFile(probe, { path, missing: state === 'present' ? 'create' : 'skip' }, (text) => {
      const next = wanted.reduce((old, name) => editList(old, name, state, known), text);
      isEdited = next !== text;
      return next;
    });
    if (isEdited || wanted.some((name) => made.has(plainName(name)) === (state === 'absent')))
      yield {
        verb: 'update',
        subject: `locales ${names.join(', ')}`,
        apply: async (remote) => {
          await runOrThrow(remote, root === '/' ? ['locale-gen'] : ['chroot', root, 'locale-gen'], 'locale-gen');
          await assertState(remote, root, wanted, state);
        },
      };
    return { name: names, path };
  },
});

/** The locales that the host has, and the line of each that it can make. Throws SW6011 where it cannot make any. */
async function readLocales(
  probe: Probe,
  root: string,
  names: readonly string[],
): Promise<{ readonly made: ReadonlySet<string>; readonly known: ReadonlyMap<string, string> }> {
  const subject = `locales ${names.join(', ')}`;
  const [answer = '', ...lines] = (await queryScript(probe, readScript(import.meta.dirname, 'locale_gen-state.sh'), [root], subject)).split(
    '\n',
  );
  if (answer === 'musl')
    throw new SwarmError('SW6011', `${subject}: the host has musl, which makes no locales`, {
      hint: 'A program of musl always uses UTF-8: leave the task out for this host.',
    });
  if (answer !== 'ready')
    throw new SwarmError('SW6011', `${subject}: the host has no locale-gen`, {
      hint: 'Install it: the package locales on Debian, sys-apps/locale-gen on Gentoo. Red Hat has packages such as glibc-langpack-de.',
      lacks: { kind: 'program', name: 'locale-gen' },
    });
  const at = lines.indexOf('--');
  return {
    made: new Set(lines.slice(0, at).map(plainName)),
    known: new Map(lines.slice(at + 1).map((line) => [plainName(line.split(' ')[0] ?? ''), line.trim()])),
  };
}

/** `locale -a` writes de_DE.utf8 for de_DE.UTF-8. */
const plainName = (name: string): string => name.replace(/\.[^@]*/, (charset) => charset.toLowerCase().replaceAll('-', ''));

/** The C library has these without a file. */
const isBuiltIn = (name: string): boolean => ['C', 'POSIX', 'C.utf8'].includes(plainName(name));

/** The list with the line of a locale in use, or as a comment. Throws SW6012 for a locale that the host does not know. */
function editList(text: string, name: string, state: 'present' | 'absent', known: ReadonlyMap<string, string>): string {
  const lines = text.split('\n');
  const read = lines.map((line) => /^\s*(#?)\s*(\S+)\s+([\w-]+)\s*$/.exec(line) ?? []);
  const isSame = ([, , found]: readonly string[]): boolean => found !== undefined && plainName(found) === plainName(name);
  const isUsed = read.some((each) => isSame(each) && each[1] === '');
  if (state === 'absent')
    return lines.map((line, at) => (isSame(read[at] ?? []) && read[at]?.[1] === '' ? `# ${line.trim()}` : line)).join('\n');
  if (isUsed) return text;
  const at = read.findIndex(isSame);
  if (at >= 0) return lines.with(at, (lines[at] ?? '').replace(/^\s*#\s*/, '')).join('\n');
  const line = known.get(plainName(name));
  if (line === undefined)
    throw new SwarmError('SW6012', `the host does not know the locale ${name}`, {
      hint: 'Correct the name. The file /usr/share/i18n/SUPPORTED of the host has those that it can make.',
    });
  return `${text === '' || text.endsWith('\n') ? text : `${text}\n`}${line}\n`;
}

/** locale-gen ends with 0 also where it made nothing of a line. */
async function assertState(probe: Probe, root: string, names: readonly string[], state: 'present' | 'absent'): Promise<void> {
  const { made } = await readLocales(probe, root, names);
  const wrong = names.filter((name) => made.has(plainName(name)) === (state === 'absent'));
  if (wrong.length > 0)
    throw new SwarmError('SW6012', `locale-gen did not ${state === 'absent' ? 'remove' : 'make'} ${wrong.join(', ')}`, {
      hint: 'To see why, run on the host: locale-gen',
    });
}
