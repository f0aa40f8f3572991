import { writeFile } from 'node:fs/promises';
import { fileError } from '../../core/error/convert-error.ts';
import { type ErrorJson, SwarmError } from '../../core/error/swarm-error.ts';
import { errorKind } from '../../core/error-codes.ts';
import type { RunEvent } from '../../core/event.ts';
import type { Reporter } from '../../core/reporter.ts';
import { toDisplayText } from '../text/display-text.ts';

type TaskFinished = Extract<RunEvent, { readonly type: 'task.finished' }>;

/** `--report junit=FILE`: writes the file when the run has ended. Throws SW1202 for another form, SW50xx when the file cannot be written. */
export function junitReporter(option: string): Reporter {
  const [, file] = /^junit=(.+)$/.exec(option) ?? [];
  if (file === undefined) throw new SwarmError('SW1202', `unknown report "${option}"`, { hint: 'Write: --report junit=FILE' });
  const reported: RunEvent[] = [];
  return {
    event(event) {
      if (REPORTED_EVENTS.has(event.type)) reported.push(event);
    },
    async close() {
      await writeFile(file, formatJunit(reported)).catch((cause: Error) => {
        throw fileError(cause, file);
      });
    },
  };
}

const REPORTED_EVENTS: ReadonlySet<string> = new Set(['run.started', 'task.finished', 'host.unreachable', 'host.refused', 'client.failed']);

/** A JUnit report: a suite for each host, a case for each task. A failed task is a failure; an unreachable or refused host is an error. */
export function formatJunit(events: Iterable<RunEvent>): string {
  const suites = new Map<string, string[]>();
  const totals = new Map<string, { tests: number; failures: number; errors: number; skipped: number; ms: number }>();
  let name = 'swarm';
  for (const event of events) {
    if (event.type === 'run.started') name = `${event.playbook} ${event.run}`;
    const testCase = eventCase(event);
    if (testCase === undefined) continue;
    const total = totals.get(testCase.host) ?? { tests: 0, failures: 0, errors: 0, skipped: 0, ms: 0 };
    total.tests++;
    total.ms += testCase.ms;
    if (testCase.kind !== undefined) total[testCase.kind]++;
    totals.set(testCase.host, total);
    suites.set(testCase.host, [...(suites.get(testCase.host) ?? []), testCase.text]);
  }
  const body = [...suites].map(([host, cases]) => {
    const { tests, failures, errors, skipped, ms } = totals.get(host) ?? { tests: 0, failures: 0, errors: 0, skipped: 0, ms: 0 };
    const counts = `tests="${tests}" failures="${failures}" errors="${errors}" skipped="${skipped}" time="${ms / 1000}"`;
    return `  <testsuite name="${escapeXml(host)}" ${counts}>\n${cases.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escapeXml(name)}">\n${body.join('')}</testsuites>\n`;
}

interface TestCase {
  readonly host: string;
  readonly ms: number;
  readonly kind?: 'failures' | 'errors' | 'skipped';
  readonly text: string;
}

function eventCase(event: RunEvent): TestCase | undefined {
  if (event.type === 'task.finished') return taskCase(event);
  if (event.type === 'client.failed') return hostCase(event.client, event.error, errorKind(event.error.code).outcome);
  if (event.type !== 'host.unreachable' && event.type !== 'host.refused') return undefined;
  return hostCase(event.host, event.error, event.type === 'host.refused' ? 'refused' : 'unreachable');
}

function hostCase(host: string, error: ErrorJson, type: string): TestCase {
  return { host, ms: 0, kind: 'errors', text: testCaseXml('connect', host, 0, problemXml('error', type, error.message, error.detail)) };
}

function taskCase({ host, name, item, ms, outcome, ignored, error, because }: TaskFinished): TestCase {
  const title = item === undefined ? name : `${item}: ${name}`;
  const text = error?.message ?? outcome;
  const makeCase = (kind: TestCase['kind'], inner: string): TestCase => ({
    host,
    ms,
    ...(kind === undefined ? {} : { kind }),
    text: testCaseXml(title, host, ms, inner),
  });
  if (outcome === 'skipped') return makeCase('skipped', '<skipped/>');
  if (outcome === 'unknown') return makeCase('skipped', `<skipped message="${escapeXml(`unknown: ${because ?? ''}`)}"/>`);
  if (ignored === true || outcome === 'ok' || outcome === 'changed') return makeCase(undefined, '');
  if (outcome === 'failed') return makeCase('failures', problemXml('failure', error?.code ?? 'failed', text, error?.detail));
  return makeCase('errors', problemXml('error', outcome, text, error?.detail));
}

const problemXml = (tag: string, type: string, message: string, detail = ''): string =>
  `<${tag} type="${escapeXml(type)}" message="${escapeXml(message)}">${escapeXml(detail)}</${tag}>`;

const testCaseXml = (name: string, host: string, ms: number, inner: string): string =>
  `    <testcase name="${escapeXml(name)}" classname="${escapeXml(host)}" time="${ms / 1000}">${inner}</testcase>\n`;

const XML_ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\t': '&#9;',
};
// toDisplayText removes what XML 1.0 forbids, except these two non-characters
const escapeXml = (text: string): string =>
  toDisplayText(text)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n\t]/g, (character) => XML_ENTITIES[character] ?? '');
