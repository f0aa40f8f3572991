import { type FailureExplanation, findMatch, findParent, linesFrom } from './failure-rule.ts';
import { type PortageSetting, settingsHint } from './portage-setting.ts';

const CHANGES = /^The following (keyword|mask|USE|license) changes are necessary to proceed/;
const FILES: Readonly<Record<string, string>> = {
  keyword: 'package.accept_keywords',
  mask: 'package.unmask',
  USE: 'package.use',
  license: 'package.license',
};

/** The settings that emerge itself proposes. */
export function proposedChanges(lines: readonly string[]): FailureExplanation | undefined {
  const settings: PortageSetting[] = [];
  let file: string | undefined;
  for (const line of lines) {
    const kind = CHANGES.exec(line)?.[1];
    if (kind !== undefined) file = FILES[kind];
    else if (line.trim() === '') file = undefined;
    else if (file !== undefined && /^[<>=~]+[\w+.-]+\/\S+/.test(line)) settings.push({ file, line: line.trim() });
  }
  const single = findMatch(lines, /^- (\S+\/\S+?)(?:::\S+)? \(Change USE: ([^)]*)\)/);
  const [, changed = '', flags = ''] = single?.match ?? [];
  if (settings.length === 0 && single) settings.push({ file: 'package.use', line: `=${changed} ${flags.replaceAll('+', '')}` });
  const [first] = settings;
  if (first === undefined) return undefined;
  const useOnly = settings.every((setting) => setting.file === 'package.use');
  const needs = settings.map(({ line }) => line).join(', ');
  return {
    code: useOnly ? 'SW6006' : 'SW6004',
    message: useOnly ? `USE flags must change first: ${needs}` : `settings must change first: ${needs}`,
    hint: settingsHint(settings) ?? 'Change them in /etc/portage of the target.',
    detail: linesFrom(lines, settings.length > 0 && !single ? CHANGES : new RegExp(`${CHANGES.source}|\\(Change USE: `)),
    package: /[\w+.-]+\/[^\s:[]+/.exec(first.line)?.[0],
  };
}

const MASKED = /^!!! All (?:ebuilds|binary packages) that could satisfy "(.+)" have been masked\.$/;

interface MaskedPackage {
  readonly cpv: string;
  readonly reasons: string;
  /** Undefined where no setting helps. */
  readonly settings: readonly PortageSetting[] | undefined;
}

/** Every version that would do is masked. What emerge says about masked packages that are installed is another matter. */
export function masked(lines: readonly string[]): FailureExplanation | undefined {
  const found = findMatch(lines, MASKED);
  if (!found) return undefined;
  const rest = lines.slice(found.at);
  const end = rest.findIndex((line) => /^For more information|The following installed packages are masked/.test(line));
  const all = rest.slice(0, end < 0 ? undefined : end).flatMap(readMasked);
  const best = all.filter(({ settings }) => settings !== undefined).sort((a, b) => countUnmasks(a) - countUnmasks(b))[0] ?? all[0];
  const parent = findParent(rest);
  const shown = all.slice(0, 3).map(({ cpv, reasons }) => `${cpv} is masked by ${reasons}`);
  return {
    code: all.every(({ reasons }) => reasons === 'corruption') ? 'SW6018' : 'SW6004',
    message: `${shown.join('; ') || `${found.match[1]} is masked`}${parent === undefined ? '' : `; ${parent} needs it`}`,
    hint: settingsHint(best?.settings ?? []) ?? maskHint(best?.reasons ?? ''),
    detail: linesFrom(lines, new RegExp(`${MASKED.source}|\\* Digest verification failed`)),
    package: best?.cpv,
  };
}

function readMasked(line: string): readonly MaskedPackage[] {
  const [, cpv, reasons = ''] = /^- (\S+?)(?:::\S+)? \(masked by: (.*)\)$/.exec(line) ?? [];
  if (cpv === undefined) return [];
  if (reasons.startsWith('invalid: ')) return [{ cpv, reasons, settings: undefined }];
  const settings = reasons.split(', ').map((reason) => unmask(cpv, reason));
  return [{ cpv, reasons, settings: settings.every((each) => each !== undefined) ? settings : undefined }];
}

function unmask(cpv: string, reason: string): PortageSetting | undefined {
  const [, value = '', kind = ''] = /^(.*?) ?(keyword|license\(s\)|package\.mask|properties|in RESTRICT)$/.exec(reason) ?? [];
  const setting = (file: string, words: string): PortageSetting => ({ file, line: `=${cpv} ${words}`.trimEnd() });
  if (kind === 'keyword') return setting('package.accept_keywords', value.startsWith('~') ? value : '**');
  if (kind === 'license(s)') return setting('package.license', value);
  if (kind === 'package.mask') return setting('package.unmask', '');
  if (kind === 'properties') return setting('package.properties', value);
  return kind === 'in RESTRICT' ? setting('package.accept_restrict', value) : undefined;
}

/** How much a setting overrides: a licence or a testing keyword little, a mask or a missing keyword much. */
const countUnmasks = ({ settings = [] }: MaskedPackage): number =>
  settings.filter(({ file, line }) => file === 'package.unmask' || line.endsWith(' **')).length;

function maskHint(reasons: string): string {
  if (reasons.startsWith('EAPI ')) return 'Update Portage on the drones: swarm exec NAME --shell "emerge --oneshot sys-apps/portage"';
  if (reasons === 'corruption') return 'Update the repositories of the drone, which may be damaged: swarm run sync';
  return 'Portage cannot use this ebuild. Update the repositories of the drones: swarm run sync';
}
