import { relative } from 'node:path';
import type { Reporter, TestModule } from 'vitest/node';
import allowed from './allowed-skips.json' with { type: 'json' };

/** Prints every skipped test and, in CI, fails the run for one that is not listed with its reason in allowed-skips.json. */
export default class SkippedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const skipped = modules.flatMap((module) =>
      [...module.children.allTests('skipped')].map((test) => `${relative(process.cwd(), module.moduleId)} > ${test.fullName}`),
    );
    const reasons: Readonly<Record<string, string>> = allowed;
    const unlisted = skipped.filter((name) => !Object.keys(reasons).some((listed) => name === listed));
    if (unlisted.length === 0) return;
    console.log(`\nSkipped on this machine (${unlisted.length}):\n${unlisted.map((name) => `  ${name}`).join('\n')}`);
    if (process.env['CI'] === undefined) return;
    console.log(
      'In CI every test runs. Install what the test needs in .ci/run, or list it with its reason in test/setup/allowed-skips.json.',
    );
    process.exitCode = 1;
  }
}
