import { Box, Text } from 'ink';
import type { ReactElement } from 'react';
import { displayText } from '../../text/display-text.ts';
import { alignSides, asciiOf, type StyledLine, styled, truncateLine } from '../../text/styled-line.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';

/** One line, with something at its right edge; the left part is cut where both do not fit. */
export function Line(props: { readonly left: StyledLine; readonly right?: StyledLine; readonly style: TerminalStyle }): ReactElement {
  const { left, right = [], style } = props;
  const line = right.length === 0 ? truncateLine(left, style.columns) : alignSides(left, right, style.columns);
  return (
    <Box height={1} flexShrink={0}>
      <Text wrap="truncate">
        {line.map((piece, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a piece of a line is known by its position
          <Text key={index} {...(style.colour ? inkProps(piece.style) : {})}>
            {asciiOf(piece.text, style)}
          </Text>
        ))}
      </Text>
    </Box>
  );
}

function inkProps(style: StyledLine[number]['style']): { readonly color?: string; readonly [attribute: string]: string | boolean } {
  if (style === undefined) return {};
  const { colour, bold = false, dim = false, inverse = false } = style;
  return { bold, dimColor: dim, inverse, ...(colour === undefined ? {} : { color: colour }) };
}

/** A line across the screen. */
export function Rule({ style }: { readonly style: TerminalStyle }): ReactElement {
  return <Line style={style} left={[styled(displayText`${'─'.repeat(style.columns)}`, { dim: true })]} />;
}

/** Empty lines. */
export function BlankLines({ count }: { readonly count: number }): ReactElement {
  return <Box height={count} flexShrink={0} />;
}
