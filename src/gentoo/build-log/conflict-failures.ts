import { type FailureExplanation, findLine, findMatch, nameOf } from './failure-rule.ts';

/** Packages that cannot be built or installed together: circles, two versions in one slot, blockers. */
export function conflicts(lines: readonly string[]): FailureExplanation | undefined {
  return circular(lines) ?? slotConflict(lines) ?? blocked(lines);
}

function circular(lines: readonly string[]): FailureExplanation | undefined {
  const at = findLine(lines, /^\s*\* Error: circular dependencies:/);
  if (at === undefined) return undefined;
  const rest = lines.slice(at);
  const cycle = rest.flatMap((line) => /^ *\(([\w+.-]+\/[^\s:]+):\S+, [^)]*\)/.exec(line)?.[1] ?? []);
  const change = findMatch(rest, /^- (\S+?)(?:::\S+)? \(Change USE: ([^)]*)\)/);
  const [, cpv, flags = ''] = change?.match ?? [];
  return {
    code: 'SW6007',
    message: `circular dependencies: ${describeCircle(cycle)}`,
    hint:
      cpv === undefined
        ? 'Install one of them on the drones first, from a binary or in a version that needs less. Then build again.'
        : `Build it in two steps. First, without the circle: swarm exec NAME --shell 'USE="${flags.replaceAll('+', '')}" emerge --oneshot =${cpv}' on each drone. Then build again.`,
    detail: rest,
    package: cpv ?? cycle[0],
  };
}

const describeCircle = (cycle: readonly string[]): string =>
  cycle.length < 2
    ? 'see below'
    : cycle
        .slice(1)
        .map((each, i) => `${cycle[i]} needs ${each}`)
        .join(', ');

/** A package that emerge wants in a slot, and who wants it. `installed`: something on the host does, not the plan. */
interface SlotInstance {
  readonly cpv: string;
  readonly parents: readonly string[];
  readonly installed: readonly string[];
}

function slotConflict(lines: readonly string[]): FailureExplanation | undefined {
  const at = findLine(lines, /^!!! Multiple package instances within a single package slot have been pulled/);
  if (at === undefined) return undefined;
  const rest = lines.slice(at);
  const slot = rest.find((line) => /^[\w+.-]+\/[\w+.-]+:\S+$/.test(line));
  const instances = readInstances(rest);
  const left = [...new Set(instances.flatMap(({ installed }) => installed))];
  const wishes = instances.map(({ cpv, parents }) => `${cpv}${parents.length === 0 ? '' : ` for ${parents.join(' and ')}`}`).join(', ');
  const message = `two versions need the same slot, ${slot ?? 'see below'}: ${wishes}`;
  if (left.length > 0) return leftover(message, left, rest);
  const parents = [...new Set(instances.flatMap((each) => each.parents))];
  return {
    code: 'SW6007',
    message,
    hint:
      parents.length > 1
        ? `Build ${parents.join(' and ')} in separate runs, or change the one that needs the older version.`
        : 'Build them in separate runs, or change the package that needs one of them.',
    detail: rest,
  };
}

function readInstances(lines: readonly string[]): readonly SlotInstance[] {
  const found: { cpv: string; parents: string[]; installed: string[] }[] = [];
  for (const line of lines) {
    const [, cpv] = /^ {2}\(([\w+.-]+\/[^\s:]+):\S+, [^)]*\).* pulled in by$/.exec(line) ?? [];
    if (cpv !== undefined) found.push({ cpv, parents: [], installed: [] });
    const [, parent, state] = /^ {4}\S.* required by \(([\w+.-]+\/[^\s:]+):\S+, ([^)]*)\)/.exec(line) ?? [];
    const last = found.at(-1);
    if (parent === undefined || last === undefined) continue;
    last.parents.push(parent);
    if (state === 'installed') last.installed.push(parent);
  }
  return found;
}

function blocked(lines: readonly string[]): FailureExplanation | undefined {
  const at = findLine(lines, /^\s*\* Error: The above package list contains packages which cannot be/);
  if (at === undefined) return undefined;
  const block = findMatch(lines, /^\[blocks B\s*\] (\S+) \((.*)\)$/);
  const detail = lines.slice(block?.at ?? at);
  const message = `packages block each other${block ? `: ${block.match[2]?.replaceAll('"', '')}` : ''}`;
  const atom = block?.match[1] ?? '';
  const name = nameOf(atom.replace(/^[!<>=~]+/, '').replace(/[:[].*$/, ''));
  const planned = lines.flatMap((line) => /^\[(?:ebuild|binary) [^\]]*\] ([\w+.-]+\/[^\s:]+)/.exec(line)?.[1] ?? []);
  if (block && !planned.some((cpv) => nameOf(cpv) === name)) return leftover(message, [atom.replace(/^!+/, '')], detail);
  return { code: 'SW6007', message, hint: 'Build them in separate runs, or change the package that needs one of them.', detail };
}

/** What is installed on this host is in the way; on another host it may not be. */
function leftover(message: string, installed: readonly string[], detail: readonly string[]): FailureExplanation {
  const atoms = installed.map((each) => (/-\d/.test(each) && !/^[<>=~]/.test(each) ? `=${each}` : each));
  return {
    code: 'SW6018',
    message: `${message}; what is installed on the drone is in the way`,
    hint: `Remove it from the drone: swarm exec NAME --shell "emerge --unmerge ${atoms.map((atom) => `'${atom}'`).join(' ')}"`,
    detail,
    package: installed[0],
  };
}
