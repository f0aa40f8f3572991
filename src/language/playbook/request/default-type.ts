import type { Json, Vars } from '../../../core/json-value.ts';
import { ownValue } from '../../../core/own-value.ts';
import type { Playbook } from '../../../core/playbook/playbook-model.ts';
import { innerSteps, keywordsOf, type Step } from '../../../core/playbook/step-model.ts';

export const BOOLS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  '1': true,
  false: false,
  no: false,
  off: false,
  '0': false,
};

/** The value of `-e NAME=TEXT` for a variable. The text becomes true, false or a whole number where each default of the playbook, its plays and
 *  its roles is one: their conditions are written for that. Anything else stays a text. */
export function takeDefaultType(playbook: Playbook, name: string, given: string): Json {
  const defaults = listDefaults(playbook, name);
  if (defaults.length === 0) return given;
  if (defaults.every((each) => typeof each === 'boolean')) return ownValue(BOOLS, given.toLowerCase()) ?? given;
  const number = Number(given);
  const exact = Number.isSafeInteger(number) && String(number) === given; // 010 and 1e3 stay texts
  return exact && defaults.every((each) => Number.isInteger(each)) ? number : given;
}

const listDefaults = ({ vars, plays }: Playbook, name: string): readonly (Json | undefined)[] =>
  [vars, ...plays.flatMap((play) => [play.defaults, play.vars, ...listRoleDefaults(play.steps)])]
    .filter((each) => Object.hasOwn(each, name))
    .map((each) => each[name]);

const listRoleDefaults = (steps: readonly Step[]): readonly Vars[] =>
  steps.flatMap((step) => [keywordsOf(step).defaults ?? {}, ...listRoleDefaults(innerSteps(step))]);
