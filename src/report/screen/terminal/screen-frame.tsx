import { Box, Text } from 'ink';
import { memo, type ReactElement } from 'react';

/** Rows, one under the other. */
export function ScreenFrame({ rows }: { readonly rows: readonly string[] }): ReactElement {
  return (
    <Box flexDirection="column">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row of the screen is its place
        <Row key={index} row={row} />
      ))}
    </Box>
  );
}

const Row = memo(({ row }: { readonly row: string }) => <Text>{row}</Text>);
