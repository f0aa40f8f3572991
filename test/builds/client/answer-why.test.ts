import { describe, expect, test } from 'vitest';
import { explainClient, explainHeld, explainPlan } from '../../../src/builds/client/answer-why.ts';
import type { ClientNeeds, WantedPackage } from '../../../src/builds/client/client-needs.ts';
import type { QueuedPackage } from '../../../src/builds/plan/plan-item.ts';
import type { HostName } from '../../../src/core/inventory/host-name.ts';
import { defaultTarget } from '../../../src/core/inventory/target.ts';

const target = { ...defaultTarget({ path: '/b' }), name: 'desktop' };
const name = 'app-misc/hello';
const item = {
  ...{ id: 'desktop:app-misc/hello-2.0', cpv: 'app-misc/hello-2.0', slot: '0', subSlot: '2', use: ['gui'], iuse: ['doc', 'gui'] },
  ...{ needs: ['desktop:dev-libs/base-1.0'], reason: 'rebuild', because: 'USE changed: +gui' },
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
    expect(explainPlan(plan)[1]?.because).toBe('d2 does not fit: its clock is 2 days behind');
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

const wanted: WantedPackage = {
  ...{
    cpv: 'app-misc/hello-2.0',
    cp: name,
    slot: '0',
    sub_slot: '2',
    repo: 'gentoo',
    type: 'ebuild',
    use: [],
    iuse: [],
    needs: [],
    installed: null,
  },
  binaries: [{ cpv: 'app-misc/hello-2.0', slot: '0', masks: [], added: [], removed: ['gui'], built_against: [] }],
};
const needs = (packages: WantedPackage[], installed: string[] = []): ClientNeeds => ({
  ...{ portage: '3.0.77', binhost: null, world: [] },
  installed: installed.map((cpv) => ({ cpv, slot: '0', sub_slot: '0', repo: 'gentoo', use: [] })),
  want: { success: true, status: 0, messages: '', packages },
  take: { success: true, status: 0, messages: '', packages: [] },
});
const ask = (given: ClientNeeds) => explainClient('c1' as HostName, name, given, []);

test.each([
  [needs([wanted]), 'no: USE differs', 'it wants app-misc/hello-2.0, and the client wants -gui'],
  [needs([{ ...wanted, type: 'binary' }]), 'yes: app-misc/hello-2.0', 'its Portage would install it from the binhost'],
  [needs([], ['app-misc/hello-2.0']), 'no', 'it is installed and current; installed: app-misc/hello-2.0'],
  [needs([], ['app-misc/hello-world-2.0']), 'no', 'its Portage does not need it'],
])('why a client takes a package or not', (given, answer, because) => {
  expect(ask(given)).toEqual({ question: 'Does c1 take it?', answer, because });
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
    expect(explainHeld({ target, name }, index(), [{ ...record, base: [] }])).toEqual([
      {
        question: 'Do clients of desktop see it?',
        answer: 'no: app-misc/hello-2.0 is held back',
        because: 'it needs dev-libs/base. To build what it needs, run: swarm run build app-misc/hello --target desktop',
      },
    ]);
    expect(explainHeld({ target, name: 'app-misc/other' }, index(), [{ ...record, base: [] }])).toEqual([]);
  });

  test('and is not needed to be held any more is named with how to publish it', () => {
    const base = stanza({ CPV: 'dev-libs/base-1', PATH: 'b.gpkg.tar' });
    expect(explainHeld({ target, name }, index(base), [{ ...record, base: [] }])).toMatchObject([
      {
        answer: 'not yet: app-misc/hello-2.0 is held back',
        because: expect.stringContaining('swarm binhost gc --target desktop') as unknown,
      },
    ]);
  });
});
