import { expect, test } from 'vitest';
import depclean from '../../../modules/gentoo/depclean.ts';
import preservedRebuild from '../../../modules/gentoo/preserved_rebuild.ts';
import type { AnyModule } from '../../../src/core/module.ts';
import { makeFolder } from '../../setup/project-folder.ts';
import { withPrograms } from '../cases/case.ts';
import { gentooPrograms } from '../cases/gentoo-cases.ts';
import { driveModule } from '../local-host.ts';

test.each<[string, AnyModule, string]>([
  ['depclean', depclean, '=app-misc/foo-1.0\n=dev-libs/bar-2.1-r1\n'],
  ['preserved_rebuild', preservedRebuild, '/usr/lib64/libbar.so.1\n'],
])('a check of %s knows what would change: emerge has said it', async (_, module, before) => {
  const remote = { ...(await withPrograms(makeFolder({}), gentooPrograms)), check: true };
  const { changes } = await driveModule(module.run(remote, module.args.parse({})), remote, true);
  expect(changes).toEqual([expect.objectContaining({ before })]);
  expect(changes[0]).not.toHaveProperty('unknownInCheck');
});
