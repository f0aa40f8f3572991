import { conflicts } from './conflict-failures.ts';
import { type FailureExplanation, findMatch, findParent, linesFrom } from './failure-rule.ts';
import { requiredUse } from './required-use.ts';
import { masked, proposedChanges } from './setting-failures.ts';

/** Why emerge refuses to start, from what it says itself. Changes that it proposes count only where nothing else is in the way. */
export function explainRefusal(lines: readonly string[], all: readonly string[]): FailureExplanation | undefined {
  return (
    badWords(lines) ??
    requiredUse(lines) ??
    masked(lines) ??
    noSuchPackage(lines, all) ??
    conflicts(lines) ??
    proposedChanges(lines) ??
    missingBuildDependencies(lines)
  );
}

/** Atoms, sets and options that this emerge does not take. */
function badWords(lines: readonly string[]): FailureExplanation | undefined {
  const atom = findMatch(lines, /^!!! '(.*)' is not a valid package atom|^!!! The short ebuild name "(.*)" is ambiguous/);
  if (atom) {
    const [, bad, name] = atom.match;
    return {
      code: 'SW1201',
      message: bad === undefined ? `several packages have the name ${name}` : `Portage does not accept "${bad}" as a package atom`,
      hint: 'Write category/name, =category/name-1.2 or @set.',
      detail: lines.slice(bad === undefined ? 0 : atom.at),
    };
  }
  const set = findMatch(lines, /^emerge: There are no sets to satisfy '(.*?)'/i);
  if (set) {
    return {
      code: 'SW6005',
      message: `the drone has no package set @${set.match[1]}`,
      hint: 'Correct the name. To see the sets, run: swarm exec NAME -- emerge --list-sets',
      detail: lines.slice(set.at),
    };
  }
  const option = findMatch(lines, /^emerge: error: (.*)$|^!!! (.* is an? (?:invalid|unknown) (?:short |long )?action.*)$/);
  if (!option) return undefined;
  return {
    code: 'SW6012',
    message: `emerge does not accept an option: ${option.match[1] ?? option.match[2]}`,
    hint: 'Correct the options of the task. If they are right, Portage on the drone is too old for them: update it.',
    detail: lines.slice(option.at),
  };
}

function noSuchPackage(lines: readonly string[], all: readonly string[]): FailureExplanation | undefined {
  const pattern = /^emerge: there are no (ebuilds|binary packages)(?: built with USE flags)? to satisfy "?([^"]+?)"?\.?$/;
  const found = findMatch(lines, pattern);
  if (!found) return undefined;
  const rest = lines.slice(found.at);
  const parent = findParent(rest);
  const lacks = findMatch(rest, /^- (\S+ \(Missing IUSE: .*\))$/)?.match[1];
  const proposed = found.match[0].includes('built with USE flags') ? proposedChanges(rest) : undefined;
  if (proposed) return proposed;
  const lost = findMatch(all, /^!!! Section '(.+)' in repos\.conf has location attribute set to nonexistent directory: '(.+)'/);
  if (lost) {
    return {
      code: 'SW6018',
      message: `no package satisfies ${found.match[2]}, because repository ${lost.match[1]} has no folder ${lost.match[2]} on the drone`,
      hint: 'Correct the location in repos.conf of the drone, or fetch the repository: swarm run sync',
      detail: [all[lost.at] ?? '', ...rest],
    };
  }
  const kind = found.match[1] === 'ebuilds' ? 'ebuild' : 'binary package';
  return {
    code: 'SW6005',
    message: `no ${kind} satisfies ${found.match[2]}${parent === undefined ? '' : `, which ${parent} needs`}${lacks === undefined ? '' : `: ${lacks}`}`,
    hint: missingHint(rest),
    detail: rest,
    package: parent,
  };
}

function missingHint(rest: readonly string[]): string {
  const meant = findMatch(rest, /Maybe you meant(?: any of these)?: (.*?)\??$/)?.match[1];
  if (meant === undefined) return 'The repositories of the drones may be old, or one is missing. To update them, run: swarm run sync';
  return `Did you mean ${meant.split(', ')[0]}?`;
}

function missingBuildDependencies(lines: readonly string[]): FailureExplanation | undefined {
  const found = findMatch(lines, /^!!! --buildpkgonly requires all dependencies to be merged/);
  if (!found) return undefined;
  const listed = lines.flatMap((line) => /^\[ebuild [^\]]*\] (\S+)/.exec(line)?.[1] ?? []);
  return {
    code: 'SW6007',
    message: `build dependencies are not installed: ${listed.slice(0, -1).join(', ') || 'see below'}`,
    hint: `Install them first: swarm exec NAME --shell "emerge --onlydeps --onlydeps-with-rdeps=n =${listed.at(-1) ?? 'ATOM'}"`,
    detail: linesFrom(lines, /^\[ebuild |^!!! --buildpkgonly/),
    package: listed.at(-1),
  };
}
