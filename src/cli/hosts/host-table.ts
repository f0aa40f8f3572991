import { toOneLine } from '../../report/text/display-text.ts';
import { formatTable, formatTextTable } from '../../report/text/table.ts';
import type { TerminalStyle } from '../../report/text/terminal-style.ts';

/** Below this width a table of hosts keeps names and states whole and puts everything else on lines of their own. */
export const NARROW_COLUMNS = 60;

/** One host of a table. */
export interface HostTableRow {
  readonly name: string;
  readonly status: string;
  readonly protected: boolean;
  /** Why the status is what it is. */
  readonly note?: string | undefined;
  readonly details: readonly string[];
}

const NO_HOSTS = 'The inventory has no hosts. To find machines, run: swarm hosts discover';

/** Hosts as a table: name, status and the columns named by `titles`. On a narrow terminal those columns are left out.
 *  Without hosts it is a sentence with the command that adds one. */
export function formatHostTable(titles: readonly string[], hosts: readonly HostTableRow[], style: TerminalStyle): readonly string[] {
  if (hosts.length === 0) return [NO_HOSTS];
  if (style.columns < NARROW_COLUMNS) return formatNarrow(hosts, style);
  return formatTextTable(
    ['HOST', 'STATUS', ...titles],
    hosts.map(({ name, status, note, details, protected: isProtected }) => [
      name + (isProtected ? ' (protected)' : ''),
      note === undefined ? status : `${status}: ${note}`,
      ...details,
    ]),
    style,
  );
}

function formatNarrow(hosts: readonly HostTableRow[], style: TerminalStyle): readonly string[] {
  const [head = '', ...rows] = formatTable(
    [{ title: toOneLine('HOST') }, { title: toOneLine('STATUS') }],
    hosts.map(({ name, status }) => [{ text: toOneLine(name) }, { text: toOneLine(status) }]),
    style,
  );
  return [
    head,
    ...hosts.flatMap((host, index) => [
      rows[index] ?? '',
      ...formatTextTable(
        undefined,
        [...(host.protected ? ['protected'] : []), ...(host.note === undefined ? [] : [host.note])].map((text) => [`  ${text}`]),
        style,
      ),
    ]),
  ];
}
