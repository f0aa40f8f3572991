// Bundles the program into a few files of JavaScript: a command opens a handful of files when it starts, not hundreds.
// dist/src and dist/modules hold the files that are started or loaded by name, dist/chunks what they share.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';

const root = join(import.meta.dirname, '..');

/** The files below a folder of this repository whose names match, as paths from its root. */
function filesOf(folder, pattern) {
  return readdirSync(join(root, folder), { recursive: true })
    .filter((file) => pattern.test(file))
    .map((file) => `${folder}/${file}`);
}

/** What Node starts, the door that projects import, the parts of the lab that tests import, and the built-in modules. */
const entries = [
  ...[
    'src/bin',
    'src/index',
    'src/testing',
    'src/cli/modules/run-tests',
    'src/lab/stand-in',
    'src/lab/lab',
    'src/lab/lab-project',
    'src/lab/wrappers',
  ],
  ...filesOf('modules', /\.ts$/).map((file) => file.slice(0, -'.ts'.length)),
];

/** A chunk holds these files and all that they import, except what a chunk before it holds. */
const chunks = {
  start: ['src/cli/main.ts'],
  status: ['src/cli/status/status.ts'],
  exec: ['src/cli/exec/exec.ts', 'src/remote/transport/process-transport.ts', 'src/remote/identity/pins.ts'],
  ssh: ['src/remote/ssh/ssh-transport.ts', 'src/remote/ssh/login-keys.ts'],
  engine: [
    'src/cli/exec/run-exec.ts',
    'src/engine/run.ts',
    'src/report/reporters/plain-reporter.ts',
    'src/report/reporters/ndjson-reporter.ts',
    'src/report/reporters/json-reporter.ts',
  ],
  language: ['src/language/inventory/read-inventory.ts', 'src/language/playbook/read-playbook.ts'],
  run: ['src/cli/run/run.ts', 'src/report/recap.ts', 'src/engine/module-source.ts'],
  // what most modules use, then what is left of their toolkit
  modules: [
    'src/core/module.ts',
    ...filesOf('src/sdk/files', /\.ts$/),
    ...['command-schemas', 'edit/edit-file', 'edit/edit-lines', 'pattern-schema', 'run-or-throw', 'services/service-state'].map(
      (name) => `src/sdk/${name}.ts`,
    ),
  ],
  sdk: filesOf('src/sdk', /\.ts$/),
};

const missing = Object.values(chunks)
  .flat()
  .filter((file) => !existsSync(join(root, file)));
if (missing.length > 0) throw new Error(`scripts/bundle.mjs names files that do not exist: ${missing.join(', ')}`);

/** Big libraries that many commands never need, each a file of its own below dist/libraries. */
const libraries = ['@marcbachmann/cel-js', 'diff', 'handlebars/dist/cjs/handlebars/compiler/base.js', 'ipaddr.js', 're2js', 'zx/core'];
const libraryFile = (name) => name.replace(/\.js$/, '').replaceAll(/[@/]+/g, '-').replace(/^-/, '');

/** `createRequire(import.meta.url)('diff')` loads a library when it is first needed. It comes from dist/libraries or, a small one, goes
 *  into the chunk of the code that needs it. */
const lazyLibraries = {
  name: 'lazy-libraries',
  transform: {
    filter: { id: /\/(src|modules)\/.*\.tsx?$/, code: /createRequire\(import\.meta\.url\)/ },
    handler: (code) => ({
      code: code
        .replace(/const require = createRequire\(import\.meta\.url\);?/g, '')
        .replaceAll('createRequire(import.meta.url)', 'require')
        .replace(/\brequire\('([^']+)'\)/g, (call, name) =>
          libraries.includes(name) ? `createRequire(import.meta.url)('../libraries/${libraryFile(name)}.cjs')` : call,
        ),
      map: null,
    }),
  },
};

/** `import('./run.ts')` becomes a small file that only exports again what a chunk holds. This imports the chunk directly: one file less. */
const directImports = {
  name: 'direct-imports',
  generateBundle(_, bundle) {
    const files = Object.values(bundle).filter(({ type }) => type === 'chunk');
    for (const facade of files.filter(({ isEntry, isDynamicEntry, moduleIds }) => isDynamicEntry && !isEntry && moduleIds.length === 0)) {
      const [, names, chunk] = /^(?:import "[^"]*";\n)*export \{ (.*) \} from "(.*)";\n*$/.exec(facade.code) ?? [];
      if (names === undefined) continue;
      const exported = names.split(', ').map((name) => name.split(' as '));
      const value = `.then((chunk) => ({ ${exported.map(([inner, name = inner]) => `${name}: chunk.${inner}`).join(', ')} }))`;
      const from = new RegExp(`import\\("([./]*(?:chunks/)?)${facade.fileName.replace('chunks/', '')}"\\)`, 'g');
      for (const file of files) if (from.test(file.code)) file.code = file.code.replace(from, `import("$1${chunk.slice(2)}")${value}`);
      delete bundle[facade.fileName];
    }
  },
};

/** Parts of libraries that swarm never calls and that every start would pay for, with the code in place of theirs. */
const unused = {
  'zod/v4/locales/index.js': "export { default as en } from './en.js';",
  'ssh2/lib/http-agents.js': 'module.exports = {};', // loads https and tls
  'ink/build/devtools.js': 'export {};',
  'make-dir/index.js': 'module.exports = undefined;', // for the folders that node-ssh makes and copies; asks semver for Node's version
  'sb-scandir/lib/esm/index.mjs': 'export default undefined;',
};
const withoutUnused = {
  name: 'without-unused',
  load: {
    filter: { id: Object.keys(unused).map((file) => `**/node_modules/${file}`) },
    handler: (id) => unused[id.slice(id.lastIndexOf('/node_modules/') + '/node_modules/'.length)],
  },
};

const common = {
  cwd: root,
  platform: 'node',
  resolve: { alias: { 'cpu-features': false } }, // an optional part of ssh2 that has to be compiled
  transform: {
    target: 'node20.19',
    define: { 'process.env.NODE_ENV': '"production"', __dirname: 'import.meta.dirname', __filename: 'import.meta.filename' },
  },
};
const comments = { legal: true, annotation: false, jsdoc: false };
const charset = 'ascii'; // V8 reads text of ASCII alone faster

const bundle = await rolldown({
  ...common,
  input: Object.fromEntries(entries.map((name) => [name, `${name}.ts`])),
  external: ['jiti', 'jiti/register', /\.node$/], // jiti loads the modules of a project
  // what a built-in module does not use of the door is not loaded with it
  treeshake: { moduleSideEffects: [{ test: /\/src\/index\.ts$/, sideEffects: false }] },
  plugins: [withoutUnused, lazyLibraries, directImports],
  onLog(level, log, print) {
    if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') print(level, log);
  },
});
const { output } = await bundle.write({
  dir: join(root, 'dist'),
  entryFileNames: '[name].js',
  chunkFileNames: 'chunks/[name]-[hash].js',
  comments,
  charset,
  cleanDir: true,
  codeSplitting: {
    groups: Object.entries(chunks).map(([name, files], at, { length }) => ({
      name,
      test: (id) => files.some((file) => id === join(root, file)),
      priority: length - at,
    })),
  },
});
await bundle.close();
const lazy = await rolldown({ ...common, input: Object.fromEntries(libraries.map((name) => [libraryFile(name), name])) });
const { output: lazyOutput } = await lazy.write({
  dir: join(root, 'dist/libraries'),
  format: 'cjs',
  exports: 'named',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs', // what two of them share
  comments,
  charset,
});
await lazy.close();

/** The licences of the packages whose code is in dist/. */
function licences(files) {
  const folders = files.flatMap(({ moduleIds }) =>
    moduleIds.flatMap((id) => /^\/.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0] ?? []),
  );
  const texts = [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
    return `${name} ${version}: ${license ?? 'see below'}\n\n${file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()}\n`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
writeFileSync(join(root, 'dist/LICENSES.txt'), licences([...output, ...lazyOutput]));

// programs that run on hosts, which readProgram() reads from here, and the thread that runs programs of this machine
for (const file of [...filesOf('src', /\.(sh|py|cjs)$/), ...filesOf('modules', /\.(sh|py)$/)]) {
  mkdirSync(dirname(join(root, 'dist', file)), { recursive: true });
  copyFileSync(join(root, file), join(root, 'dist', file));
}
if (process.argv.includes('--list')) for (const { fileName, code } of output) process.stdout.write(`${fileName} ${code.length}\n`);
