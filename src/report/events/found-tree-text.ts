import type { RunEvent } from '../../core/event.ts';
import { formatDateTime } from '../../core/time/date-text.ts';
import { type DisplayText, displayText, joinText } from '../text/display-text.ts';
import { formatQuantity } from '../text/format.ts';
import { type EventText, eventLine } from './event-line.ts';

/** The version that a host has, and how it differs. */
export function describeFoundTree({
  host,
  tree,
  version,
  source,
  send,
  remove,
  changedThere,
  addedThere = [],
  kept = [],
}: Extract<RunEvent, { readonly type: 'tree.found' }>): EventText {
  const from = ({ id, commit, dirty }: typeof source): DisplayText =>
    commit === undefined
      ? displayText`content ${id.slice(0, 12)}`
      : displayText`commit ${commit.slice(0, 12)}${dirty === true ? ' with changes' : ''}`;
  const list = (paths: readonly string[], word: string): readonly DisplayText[] =>
    paths.length === 0
      ? []
      : [displayText`${formatQuantity(paths.length, 'path')} ${word}: ${paths.slice(0, 5).join(', ')}${paths.length > 5 ? ', …' : ''}`];
  const found =
    version === undefined
      ? displayText`${tree}  no version yet`
      : displayText`${tree}  version ${version.number}, ${from(version)}, pushed ${formatDateTime(version.at)} by run ${version.run}`;
  const differences = [...list(changedThere, 'changed on the host'), ...list(send, 'to send'), ...list(remove, 'to remove')];
  const state = differences.length === 0 ? [displayText`as the source`] : [...differences, displayText`the source is ${from(source)}`];
  const undone = changedThere.some((path) => send.includes(path));
  const advice = undone ? [displayText`a push undoes what was changed on the host: copy what you want to keep into the source first`] : [];
  const parts = [...state, ...list(addedThere, 'added on the host'), ...advice];
  const older = kept.map((each) =>
    'id' in each ? displayText`${each.number} (${from(each)})` : displayText`${each.number} (before the first push)`,
  );
  const other = older.length === 0 ? [] : [displayText`also kept: ${joinText(older, ', ')}`];
  return eventLine(host, 'tree', changedThere.length > 0 ? 'unknown' : undefined, joinText([found, ...parts, ...other], '  '));
}
