import { writeFile } from 'node:fs/promises';
import { SwarmError } from '../../core/error.ts';
import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import { toDisplay } from '../text/display-text.ts';

type Finished = Extract<RunEvent, { readonly type: 'task.finished' }>;

/** `--report junit=FILE`: written when the run has ended. Throws SW1202 for another form, SW5003 where the file cannot be written. */
export function junitFile(report: string): Reporter {
  const [, file] = /^junit=(.+)$/.exec(report) ?? [];
  if (file === undefined) throw new SwarmError('SW1202', `--report ${report} is not known`, { hint: '--report junit=FILE' });
  const kept: RunEvent[] = [];
  return {
    event(event) {
      if (REPORTED.has(event.type)) kept.push(event);
    },
    async close() {
      await writeFile(file, junitOf(kept)).catch((cause: Error) => {
        throw new SwarmError('SW5003', `${file} cannot be written: ${cause.message}`, { cause });
      });
    },
  };
}

const REPORTED: ReadonlySet<string> = new Set(['run.started', 'task.finished', 'host.unreachable', 'host.refused']);

/** A JUnit report: one suite a host, one case a task; failed is a failure, unreachable and refused are errors. Form: Ansible's `junit` callback. */
export function junitOf(events: Iterable<RunEvent>): string {
  const suites = new Map<string, string[]>();
  const totals = new Map<string, { tests: number; failures: number; errors: number; skipped: number; ms: number }>();
  let name = 'swarm';
  for (const event of events) {
    if (event.type === 'run.started') name = `${event.playbook} ${event.run}`;
    const found = caseOf(event);
    if (found === undefined) continue;
    const total = totals.get(found.host) ?? { tests: 0, failures: 0, errors: 0, skipped: 0, ms: 0 };
    total.tests++;
    total.ms += found.ms;
    if (found.kind !== undefined) total[found.kind]++;
    totals.set(found.host, total);
    suites.set(found.host, [...(suites.get(found.host) ?? []), found.text]);
  }
  const body = [...suites].map(([host, cases]) => {
    const { tests, failures, errors, skipped, ms } = totals.get(host) ?? { tests: 0, failures: 0, errors: 0, skipped: 0, ms: 0 };
    const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${ms / 1000}"`;
    return `  <testsuite name="${xml(host)}" ${counts}>\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${xml(name)}">\n${body.join('')}</testsuites>\n`;
}

interface Case {
  readonly host: string;
  readonly ms: number;
  readonly kind?: 'failures' | 'errors' | 'skipped';
  readonly text: string;
}

function caseOf(event: RunEvent): Case | undefined {
  if (event.type === 'task.finished') return taskCase(event);
  if (event.type !== 'host.unreachable' && event.type !== 'host.refused') return undefined;
  const { host, error } = event;
  const type = event.type === 'host.refused' ? 'refused' : 'unreachable';
  return { host, ms: 0, kind: 'errors', text: xmlOf('connect', host, 0, problem('error', type, error.message, error.detail)) };
}

function taskCase({ host, name, item, ms, outcome, ignored, error }: Finished): Case {
  const title = item === undefined ? name : `${item}: ${name}`;
  const text = error?.message ?? outcome;
  const put = (kind: Case['kind'], inner: string): Case => ({
    host,
    ms,
    ...(kind === undefined ? {} : { kind }),
    text: xmlOf(title, host, ms, inner),
  });
  if (outcome === 'skipped') return put('skipped', '<skipped/>');
  if (ignored === true || outcome === 'ok' || outcome === 'changed') return put(undefined, '');
  if (outcome === 'failed') return put('failures', problem('failure', error?.code ?? 'failed', text, error?.detail));
  return put('errors', problem('error', outcome, text, error?.detail));
}

const problem = (tag: string, type: string, message: string, detail = ''): string =>
  `<${tag} type="${xml(type)}" message="${xml(message)}">${xml(detail)}</${tag}>`;

const xmlOf = (name: string, host: string, ms: number, inner: string): string =>
  `    <testcase name="${xml(name)}" classname="${xml(host)}" time="${ms / 1000}">${inner}</testcase>\n`;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\n': '&#10;', '\t': '&#9;' };
// what XML 1.0 does not admit at all is gone after toDisplay, but for the two non-characters
const xml = (text: string): string =>
  toDisplay(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n\t]/g, (character) => ENTITIES[character] ?? '');
