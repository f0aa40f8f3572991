import { expect, test } from 'vitest';
import { hintFolder } from '../../../src/builds/plan/hint-folder.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';

const refused = (hint: string) => new SwarmError('SW6005', 'masked', { hint });
const desktop = { portage: '/project/portage/desktop' };

test.each([
  ['Add this line to package.unmask on the drones: =a/b-1', 'Add this line to package.unmask in portage/desktop: =a/b-1'],
  [
    'Add these lines on the drones: to package.use "=a/b-1 c", to package.license "=a/b-1 EULA".',
    'Add these lines in portage/desktop: to package.use "=a/b-1 c", to package.license "=a/b-1 EULA".',
  ],
  ['Update the repository on the drones: swarm run sync.', 'Update the repository on the drones: swarm run sync.'],
])('a line for /etc/portage is to be added to the folder of the target', (given, hint) => {
  expect(hintFolder(refused(given), desktop, '/project')).toMatchObject({ code: 'SW6005', message: 'masked', hint });
  expect(hintFolder(refused(given), {}, '/project')).toMatchObject({ hint: given });
});
