import { Box } from 'ink';
import type { ReactElement } from 'react';
import { displayText } from '../../text/display-text.ts';
import { type StyledLine, styled } from '../../text/styled-line.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import { visibleRange } from '../pages/host-layout.ts';
import { BlankLines, Line } from '../terminal/ink-line.tsx';

/** A line of a list that can be chosen. */
export interface ListLine {
  readonly id: string;
  readonly left: StyledLine;
  readonly right: StyledLine;
}

/** A title and the lines around the chosen one that fit; the others are counted. */
export function DashboardList(props: {
  readonly title: string;
  readonly lines: readonly ListLine[];
  readonly chosen: number;
  readonly rows: number;
  readonly style: TerminalStyle;
}): ReactElement {
  const { lines, rows, style } = props;
  if (rows < 2) return <BlankLines count={rows} />;
  const { from, count, hidden } = visibleRange(lines.length, rows - 1, props.chosen);
  const more = hidden > 0 && rows > 2;
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Line style={style} left={[styled(displayText` ${props.title}`, { bold: true })]} />
      {lines.slice(from, from + count).map(({ id, left, right }) => (
        <Line key={id} style={style} left={left} right={style.columns < 70 ? [] : right} />
      ))}
      {more ? <Line style={style} left={[styled(displayText`  … ${hidden} more`, { dim: true })]} /> : null}
    </Box>
  );
}
