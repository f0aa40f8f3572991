import { expect, test } from 'vitest';
import { assertPublishable } from '../../../src/builds/plan/assert-publishable.ts';

const item = (cpv: string, ...restrict: readonly string[]) => ({ cpv, restrict });

test('a plan with a package that must not be published is refused, with each of them', () => {
  expect(() => assertPublishable([item('a/free-1', 'test'), item('a/b-1', 'bindist'), item('a/c-1', 'mirror', 'bindist')])).toThrow(
    expect.objectContaining({
      code: 'SW4007',
      message: 'a/b-1 has RESTRICT=bindist: its licence does not allow publishing it',
      detail: 'So have: a/c-1',
    }),
  );
  expect(() => assertPublishable([item('a/free-1', 'test')])).not.toThrow();
});
