import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileError } from '../../core/error/convert-error.ts';
import { makeLocalFolder } from '../../core/files/make-local-folder.ts';
import { COMPILED, packageRoot } from '../../core/program/package-root.ts';

/** tsconfig.json of a project. It is for git; what depends on this machine is in .swarm/. */
const PROJECT_TSCONFIG = `{
  "extends": "./.swarm/tsconfig.json",
  "include": ["modules", "test"]
}
`;

/** Writes what an editor and \`tsc\` need to know the types of \`build-swarm\` in this project: .swarm/tsconfig.json names the files of the
 *  swarm that is installed, and tsconfig.json extends it. A tsconfig.json that exists stays. Throws where the disk refuses. */
export function writeEditorTypes(project: string): void {
  try {
    makeLocalFolder(join(project, '.swarm'));
    writeWhereDifferent(join(project, '.swarm/tsconfig.json'), `${JSON.stringify(makeTsconfig(), null, 2)}\n`);
    if (!existsSync(join(project, 'tsconfig.json'))) writeFileSync(join(project, 'tsconfig.json'), PROJECT_TSCONFIG);
  } catch (error) {
    throw fileError(error, join(project, '.swarm/tsconfig.json'));
  }
}

function makeTsconfig(): object {
  const types = (name: string): string => join(packageRoot(), COMPILED ? `dist/types/src/${name}.d.ts` : `src/${name}.ts`);
  return {
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable'],
      module: 'preserve',
      moduleResolution: 'bundler',
      types: ['node'],
      typeRoots: [nodeTypesFolder()],
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      verbatimModuleSyntax: true,
      paths: { 'build-swarm': [types('index')], 'build-swarm/testing': [types('testing')] },
    },
  };
}

/** The folder that holds @types/node, a dependency of swarm: below its own package or beside it. */
function nodeTypesFolder(): string {
  const require = createRequire(join(packageRoot(), 'package.json'));
  return dirname(dirname(require.resolve('@types/node/package.json')));
}

function writeWhereDifferent(file: string, text: string): void {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}
