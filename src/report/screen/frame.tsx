import { Box, Text, Transform } from 'ink';
import { memo, type ReactElement } from 'react';

/** Lines that were drawn already, one under the other.
 *  Ink keeps every text it ever measured, so it measures a dot, and the line takes its place when the frame is put together. */
export function Frame({ lines }: { readonly lines: readonly string[] }): ReactElement {
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line of the screen is its place
        <Row key={index} line={line} />
      ))}
    </Box>
  );
}

const Row = memo(({ line }: { readonly line: string }) => (
  <Transform transform={() => line}>
    <Text>.</Text>
  </Transform>
));
