import { describe, expect, test } from 'vitest';
import { explainDrone, explainPlan } from '../../../src/builds/client/answer-why.ts';
import { explainHeld } from '../../../src/builds/client/explain-index.ts';
import type { QueuedPackage } from '../../../src/builds/plan/plan-item.ts';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';

const target = { ...defaultTarget({ path: '/b' }), name: 'desktop' };
const name = 'app-misc/hello';
const item = {
  ...{ id: 'desktop:app-misc/hello-2.0', cpv: 'app-misc/hello-2.0', slot: '0', subSlot: '2', use: ['gui'], iuse: ['doc', 'gui'] },
  ...{ needs: ['desktop:dev-libs/base-1.0'], restrict: [], reason: 'rebuild', because: 'USE changed: +gui' },
} as unknown as QueuedPackage;
const stanza = (more: Record<string, string> = {}) => new Map(Object.entries({ CPV: 'app-misc/hello-2.0', ...more }));
const plan = {
  target,
  name,
  items: [item],
  fitting: ['d1' as HostName],
  left: ['d2 does not fit: its clock is 2 days behind'],
  published: [],
};
const words = (answers: ReturnType<typeof explainPlan>) => answers.map(({ question, answer }) => `${question} ${answer}`);

describe('the plan of a package', () => {
  test('answers whether, where and after what it would be built', () => {
    expect(words(explainPlan(plan))).toEqual([
      'Would desktop build it? yes: app-misc/hello-2.0',
      'Where? d1',
      'After what? dev-libs/base-1.0',
    ]);
    expect(explainPlan(plan)[0]?.because).toBe(
      'rebuild: USE changed: +gui. To build it, run: swarm run build app-misc/hello --target desktop',
    );
    expect(explainPlan(plan)[1]?.because).toBe('d2 does not fit: its clock is 2 days behind');
  });

  test('names no command that builds it while a run does', () => {
    expect(explainPlan({ ...plan, isOpen: true })[0]?.because).toBe('rebuild: USE changed: +gui');
  });

  test('answers no where the licence forbids publishing it', () => {
    const bound = { ...item, restrict: ['bindist'] };
    const because = 'app-misc/hello-2.0 has RESTRICT=bindist: its licence forbids that it is published. Build it on each client';
    expect(explainPlan({ ...plan, items: [bound] })).toMatchObject([{ answer: 'no', because }]);
  });

  test('names what differs from the published package of the same version', () => {
    const last = explainPlan({ ...plan, published: [stanza({ USE: 'doc', SLOT: '0/1' })] }).at(-1);
    expect(last).toMatchObject({ question: 'What differs?', answer: 'USE: +gui -doc; SLOT: 0/1, now 0/2' });
  });

  test('answers no where the binhost has it', () => {
    const [answer] = explainPlan({ ...plan, items: [], published: [stanza()] });
    expect(answer).toMatchObject({ answer: 'no', because: 'the binhost has app-misc/hello-2.0 as the target wants it' });
  });
});

test('a drone is told with its routes where it gave no answer, and without what its programs printed where it did', () => {
  const broken = new SwarmError('SW6001', 'python3 cannot load Portage', { host: 'd1', detail: 'Traceback (most recent call last):' });
  expect(explainDrone(broken)).toMatchObject({ answer: 'no', because: 'python3 cannot load Portage' });
  const silent = new SwarmError('SW2001', 'no route', { host: 'd1', detail: 'local 10.0.0.1:22: refused' });
  expect(explainDrone(silent)).toMatchObject({ answer: 'unknown', because: expect.stringContaining('local 10.0.0.1:22: refused') });
});

describe('a package that is held back', () => {
  const record = {
    stanza: { CPV: 'app-misc/hello-2.0', PATH: 'a.gpkg.tar', RDEPEND: 'dev-libs/base' },
    sha256: 'x',
    ignored: [],
    needs: [],
  };
  const index = (...packages: ReadonlyMap<string, string>[]) => ({ header: new Map<string, string>(), packages });

  test('is named with what it needs and the command to type', () => {
    expect(explainHeld({ target, name }, { index: index(), held: [{ ...record, base: [] }], moves: [] })).toEqual([
      {
        question: 'Do clients of desktop see it?',
        answer: 'no: app-misc/hello-2.0 is held back',
        because: 'it needs dev-libs/base. To build what it needs, run: swarm run build app-misc/hello --target desktop',
      },
    ]);
    expect(explainHeld({ target, name: 'app-misc/other' }, { index: index(), held: [{ ...record, base: [] }], moves: [] })).toEqual([]);
  });

  test('and is not needed to be held any more is named with how to publish it', () => {
    const base = stanza({ CPV: 'dev-libs/base-1', PATH: 'b.gpkg.tar' });
    expect(explainHeld({ target, name }, { index: index(base), held: [{ ...record, base: [] }], moves: [] })).toMatchObject([
      {
        answer: 'not yet: app-misc/hello-2.0 is held back',
        because: expect.stringContaining('swarm binhost gc --target desktop') as unknown,
      },
    ]);
  });
});
