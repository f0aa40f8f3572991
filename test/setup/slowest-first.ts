import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Begins with the folders whose files take longest, so that no long file starts last. Within a folder Vitest's own order holds. */
export default class SlowestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}

const SLOW = ['/test/e2e/', '/test/gentoo/binhost/', '/test/remote/', '/test/cli/'];

function rank({ moduleId }: TestSpecification): number {
  const at = SLOW.findIndex((folder) => moduleId.includes(folder));
  return at < 0 ? SLOW.length : at;
}
