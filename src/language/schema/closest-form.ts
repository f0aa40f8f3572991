import { type Issue, isPhrase } from './issue-text.ts';
import { valueAtPath } from './value-at-path.ts';

/** What is wrong with a part of `value` that can have several forms: the issues of the form that is closest to it. The issue itself where
 *  no form says more. */
export function issuesOfClosestForm(issue: Issue, value: unknown): readonly Issue[] {
  if (issue.code !== 'invalid_union' || isPhrase(issue.message)) return [issue];
  const closest = listForms(issue).reduce<readonly Issue[] | undefined>(
    (best, each) => (best === undefined || isCloser(each, best) ? each : best),
    undefined,
  );
  if (closest === undefined || !closest.some(saysMore)) return [issue];
  const whole = closest.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
  return withoutMissing(whole, value).flatMap((each) => issuesOfClosestForm(each, value));
}

/** The issues of each form; of forms within a form too. */
function listForms({ errors }: Extract<Issue, { readonly code: 'invalid_union' }>): readonly (readonly Issue[])[] {
  return errors.flatMap((form) => {
    const [only] = form;
    const isNested = form.length === 1 && only?.code === 'invalid_union' && only.path.length === 0 && !isPhrase(only.message);
    return isNested ? listForms(only) : [form];
  });
}

/** Inside of the value, or about its keys. */
const saysMore = ({ path, code }: Issue): boolean => path.length > 0 || code === 'unrecognized_keys';

/** More of it fits: its issue is deeper, or fewer keys are wrong. */
function isCloser(one: readonly Issue[], other: readonly Issue[]): boolean {
  const [oneDepth, otherDepth] = [depthOf(one), depthOf(other)];
  return oneDepth === otherDepth ? countOf(one) < countOf(other) : oneDepth > otherDepth;
}

const depthOf = (issues: readonly Issue[]): number =>
  Math.max(0, ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)));
const countOf = (issues: readonly Issue[]): number =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);

/** A key that is missing is not news where another one is unknown: that one is meant. */
function withoutMissing(issues: readonly Issue[], value: unknown): readonly Issue[] {
  const unknown = issues.filter(({ code }) => code === 'unrecognized_keys').map(({ path }) => JSON.stringify(path));
  const isMissing = (issue: Issue): boolean =>
    issue.path.length > 0 && valueAtPath(value, issue.path) === undefined && unknown.includes(JSON.stringify(issue.path.slice(0, -1)));
  return issues.filter((issue) => !isMissing(issue));
}
