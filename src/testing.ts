/** The door for tests of modules: `import { testModule } from 'build-swarm/testing'`. */
export { LawError, type ModuleRun } from './sdk/testing/module-laws.ts';
export { type ModuleTest, type ModuleTestRun, testModule } from './sdk/testing/test-module.ts';
