import type { Playbook } from '../../../core/playbook/playbook-model.ts';
import { innerSteps, keywordsOf, type Step } from '../../../core/playbook/step-model.ts';
import { unknownNameError } from '../../../core/unknown-name.ts';

/** Words of -t and --skip-tags that are not a tag of anybody. */
const RESERVED_TAGS: readonly string[] = ['all', 'tagged', 'untagged', 'always', 'never'];

/** A tag that nothing in the playbook has is a typing error, not an empty run: throws SW1203. */
export function checkRequestedTags({ name, plays }: Playbook, requested: readonly string[]): void {
  const known = new Set(plays.flatMap((play) => [...play.tags, ...collectTags(play.steps), ...collectTags(play.handlers)]));
  for (const tag of requested) {
    if (known.has(tag) || RESERVED_TAGS.includes(tag)) continue;
    throw unknownNameError(`tag of ${name}`, tag, [...known], known.size === 0 ? `nothing in ${name} has a tag` : undefined);
  }
}

const collectTags = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => [...keywordsOf(step).tags, ...collectTags(innerSteps(step))]);
