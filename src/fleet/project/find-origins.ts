import type { Json, Vars } from '../../core/json-value.ts';
import type { Playbook } from '../../core/playbook/playbook-model.ts';
import { innerSteps, keywordsOf, type Step } from '../../core/playbook/step-model.ts';
import { homeFolder } from '../../core/program/account.ts';
import { readVarOrigins, type VarOrigin } from '../../language/inventory/files/var-origins.ts';
import { selectByPattern } from '../../language/inventory/host-pattern.ts';
import type { Project } from './project.ts';

/** Every place of the inventory that gives a variable to a host, weakest first. */
export const findOrigins = ({ dir }: Project, host: string, paths: readonly string[] | undefined): readonly VarOrigin[] =>
  readVarOrigins({ dir, ...(paths === undefined ? {} : { paths }), home: homeFolder(), user: '', identities: new Map() }, host);

/** The places of a playbook that give it to a host, with those of the inventory between them, weakest first. `wins`: it counts in the
 *  whole play; inside a block or a task its own value is stronger. */
export function findAllOrigins(
  { inventory }: Project,
  playbook: Playbook | undefined,
  { host, name, ofInventory }: { readonly host: string; readonly name: string; readonly ofInventory: readonly VarOrigin[] },
): readonly (VarOrigin & { readonly wins: boolean })[] {
  const origin = (level: string, at: VarOrigin['at'], vars: Vars | undefined): readonly VarOrigin[] =>
    vars === undefined || !Object.hasOwn(vars, name) ? [] : [{ name, level, at, value: vars[name] as Json }];
  const plays = (playbook?.plays ?? []).filter(({ hosts }) =>
    hosts.includes('{{') ? true : selectByPattern(inventory, hosts).some((each) => each.name === host),
  );
  const inSteps = (steps: readonly Step[]): readonly VarOrigin[] =>
    steps.flatMap((step) => {
      const { vars, at, name: title } = keywordsOf(step);
      const kind = step.kind === 'block' ? 'block' : 'task';
      return [...origin(title === undefined ? kind : `${kind} ${title}`, at, vars), ...inSteps(innerSteps(step))];
    });
  const whole = [
    ...plays.flatMap((play) => origin(`defaults of the roles of play ${play.name}`, play.at, play.defaults)),
    ...ofInventory.filter((each) => each.name === name),
    ...(playbook === undefined ? [] : origin('playbook', { file: playbook.file, line: 1 }, playbook.vars)),
    ...plays.flatMap((play) => origin(`play ${play.name}`, play.at, play.vars)),
  ];
  return [
    ...whole.map((each, index) => ({ ...each, wins: index === whole.length - 1 })),
    ...plays.flatMap(({ steps }) => inSteps(steps)).map((each) => ({ ...each, wins: false })),
  ];
}
