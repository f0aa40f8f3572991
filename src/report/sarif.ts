import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ErrorJson } from '../core/error/swarm-error.ts';
import { errorKind } from '../core/error-codes.ts';
import type { Span } from '../core/span.ts';

/** A problem of a file, for a code scanner. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly error: ErrorJson;
}

/** A SARIF 2.1.0 log of what a check found, as code hosts and editors read it. Files below `dir` are named relative to it.
 *  The format: docs.oasis-open.org/sarif/sarif/v2.1.0. */
export function formatSarif(findings: readonly Finding[], dir: string, version: string): object {
  const codes = [...new Set(findings.map(({ error }) => error.code))].sort();
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'swarm', version, rules: codes.map(describeRule) } },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { PROJECT: { uri: `${pathToFileURL(dir).href}/` } },
        results: findings.map(({ level, error }) => ({
          ruleId: error.code,
          ruleIndex: codes.indexOf(error.code),
          level,
          message: { text: [error.message, error.hint].filter((text) => text !== undefined).join('\n') },
          locations: error.at === undefined ? [] : [{ physicalLocation: locate(error.at, dir) }],
        })),
      },
    ],
  };
}

function describeRule(code: string): object {
  const { title, explain } = errorKind(code);
  return {
    id: code,
    shortDescription: { text: title },
    fullDescription: { text: `${explain.what} ${explain.why}` },
    help: { text: explain.fix },
  };
}

function locate({ file, line, column, length }: Span, dir: string): object {
  const path = relative(dir, file);
  const artifactLocation = path.startsWith('..') ? { uri: pathToFileURL(file).href } : { uri: encodeURI(path), uriBaseId: 'PROJECT' };
  return { artifactLocation, region: { startLine: line, startColumn: column, endColumn: column + Math.max(1, length) } };
}
