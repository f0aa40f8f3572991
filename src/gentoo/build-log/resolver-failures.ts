import { type EmergeOutput, type FailureExplanation, type FailureRule, findLine, findMatch, findPackage } from './failure-rule.ts';

/** Why emerge refuses to start, from the messages of its resolver. The cause is the plan or the configuration. */
export const resolverRules: readonly FailureRule[] = [
  badAtom,
  useChange,
  masked,
  noSuchPackage,
  circular,
  conflict,
  missingBuildDependencies,
];

function badAtom({ lines }: EmergeOutput): FailureExplanation | undefined {
  const found = findMatch(lines, /^!!! '(.*)' is not a valid package atom/);
  if (!found) return undefined;
  return {
    code: 'SW1201',
    message: `Portage does not accept "${found.match[1]}" as a package atom`,
    hint: 'Write category/name, =category/name-1.2 or @set.',
    blame: 'plan',
    at: found.at,
    lines: 2,
  };
}

function useChange({ lines }: EmergeOutput): FailureExplanation | undefined {
  const at = findLine(lines, /^The following USE changes are necessary to proceed|^ *-? *\S+\/\S+ \(Change USE: /);
  if (at === undefined) return undefined;
  const wanted = lines.slice(at).find((line) => /^[<>=~]*[\w+.-]+\/\S+ [\w+@-]/.test(line));
  const changed = /(\S+\/\S+) \(Change USE: (.*)\)/.exec(lines[at] ?? '');
  const change = wanted ?? (changed ? `${changed[1]} ${changed[2]}` : undefined);
  return {
    code: 'SW6006',
    message: `USE flags must change first: ${change ?? 'see below'}`,
    hint: change === undefined ? 'Set them in package.use on the drones.' : `Add this line to package.use on the drones: ${change}`,
    blame: 'plan',
    at,
    lines: 12,
    package: findPackage(change),
  };
}

function masked({ lines }: EmergeOutput): FailureExplanation | undefined {
  const found = findMatch(lines, /^- (\S+?)(?:::\S+)? \(masked by: (.*)\)$/);
  const needed = findMatch(lines, /^The following (keyword|mask|license) changes are necessary to proceed/);
  if (!found && !needed) return undefined;
  const reason = found?.match[2] ?? `${needed?.match[1]}`;
  const change = found ? undefined : lines.slice(needed?.at ?? 0).find((line) => /^[<>=~]*[\w+.-]+\/\S+/.test(line));
  const culprit = found?.match[1] ?? findPackage(change);
  return {
    code: 'SW6004',
    message: `${culprit ?? 'a package'} is masked by ${reason}`,
    hint: maskHint(reason),
    blame: 'plan',
    at: found?.at ?? needed?.at ?? 0,
    package: culprit,
  };
}

function maskHint(reason: string): string {
  if (reason.includes('keyword')) return 'Accept the keyword in package.accept_keywords on the drones.';
  if (reason.includes('license')) return 'Accept the licence in package.license on the drones.';
  return 'If you want this version, unmask it in package.unmask on the drones.';
}

function noSuchPackage({ lines }: EmergeOutput): FailureExplanation | undefined {
  const found = findMatch(lines, /there are no (ebuilds|binary packages)(?: built with USE flags)? to satisfy "?([^"]+?)"?\.?$/);
  if (!found) return undefined;
  const [, kind, atom] = found.match;
  const meant = findMatch(lines, /Maybe you meant(?: any of these)?: (.*?)\??$/)?.match[1];
  const parent = findMatch(lines.slice(found.at), /^\(dependency required by "([^"]+?)(?:::\S+)?" \[ebuild\]\)/)?.match[1];
  return {
    code: 'SW6005',
    message: `no ${kind === 'ebuilds' ? 'ebuild' : 'binary package'} satisfies ${atom}${parent === undefined ? '' : `, which ${parent} needs`}`,
    hint:
      meant === undefined
        ? 'The Gentoo repository on the drones may be old. To update it, run: swarm run sync'
        : `Did you mean ${meant.split(', ')[0]}?`,
    blame: 'plan',
    at: found.at,
    lines: 4,
    package: parent,
  };
}

function circular({ lines }: EmergeOutput): FailureExplanation | undefined {
  const at = findLine(lines, /^\s*\* Error: circular dependencies:/);
  if (at === undefined) return undefined;
  const first = findMatch(lines.slice(at), /^\((\S+?):\S+, /)?.match[1];
  return {
    code: 'SW6007',
    message: `${first ?? 'packages'} and what it needs depend on each other`,
    hint: 'Turn off a USE flag of one of them for its first build.',
    blame: 'plan',
    at,
    lines: 10,
    package: first,
  };
}

function conflict({ lines }: EmergeOutput): FailureExplanation | undefined {
  const slot = findLine(lines, /^!!! Multiple package instances within a single package slot have been pulled/);
  const blocked = findLine(lines, /^\s*\* Error: The above package list contains packages which cannot be/);
  const at = slot ?? blocked;
  if (at === undefined) return undefined;
  const block = findMatch(lines, /^\[blocks B\s*\] (\S+) \((.*)\)$/);
  const inSlot = lines.slice(at).find((line) => /^[\w+.-]+\/[\w+.-]+:\S+$/.test(line));
  return {
    code: 'SW6007',
    message:
      slot === undefined
        ? `packages block each other${block ? `: ${block.match[2]?.replaceAll('"', '')}` : ''}`
        : `two versions need the same slot: ${inSlot ?? 'see below'}`,
    hint: 'Build them in separate runs, or change the package that needs one of them.',
    blame: 'plan',
    at: block?.at ?? at,
    lines: slot === undefined ? 1 : 14,
  };
}

function missingBuildDependencies({ lines }: EmergeOutput): FailureExplanation | undefined {
  const at = findLine(lines, /^!!! --buildpkgonly requires all dependencies to be merged/);
  if (at === undefined) return undefined;
  const missing = lines.filter((line) => /^\[ebuild /.test(line)).map((line) => /\] (\S+)/.exec(line)?.[1] ?? '');
  return {
    code: 'SW6007',
    message: `build dependencies are not installed: ${missing.slice(0, -1).join(', ') || 'see below'}`,
    hint: 'Install them first: emerge --onlydeps --onlydeps-with-rdeps=n ATOM',
    blame: 'plan',
    at,
    lines: 2,
    package: missing.at(-1),
  };
}
