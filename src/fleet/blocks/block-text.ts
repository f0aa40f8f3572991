import { type Block, blockEnd } from '../../core/inventory/block.ts';
import type { Host } from '../../core/inventory/host.ts';
import { type DisplayText, displayText } from '../../report/text/display-text.ts';
import { formatTimeAgo, formatTimeAhead } from '../../report/text/relative-time.ts';

/** Why a host gets no work: since when it is gone, or its block. Undefined where it has neither. */
export function formatAbsence({ block, gone }: Pick<Host, 'block' | 'gone'>, now = Date.now()): DisplayText | undefined {
  if (gone === undefined) return block === undefined ? undefined : formatBlock(block, now);
  const recorded = `recorded ${formatTimeAgo(Date.parse(gone.since), now)}`;
  return gone.reason === undefined ? displayText`${recorded}` : displayText`${gone.reason}, ${recorded}`;
}

/** `disk is being replaced, set 3 h ago, until Fri 14:00 (in 2 d)`, in local time. */
export function formatBlock(block: Block, now = Date.now()): DisplayText {
  const since = block.since === undefined ? Number.NaN : Date.parse(block.since);
  const sinceText = Number.isNaN(since) ? displayText`` : displayText`, set ${formatTimeAgo(since, now)}`;
  return displayText`${block.reason}${sinceText}, ${formatBlockEnd(block, now)}`;
}

/** `until Fri 14:00 (in 2 d)`, or `ended 3 h ago`. */
export function formatBlockEnd(block: Block, now: number): string {
  const end = blockEnd(block);
  if (Number.isNaN(end)) return `until ${block.until}`;
  return end > now ? `until ${formatTimeAhead(end, now)}` : `ended ${formatTimeAgo(end, now)}`;
}
