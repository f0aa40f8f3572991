import { Box } from 'ink';
import type { ReactElement } from 'react';
import { displayText } from '../../text/display-text.ts';
import { styled } from '../../text/styled-line.ts';
import type { TerminalStyle } from '../../text/terminal-style.ts';
import { Line } from '../terminal/ink-line.tsx';
import type { NextStep } from './dashboard-data.ts';
import type { BodyProps } from './dashboard-props.ts';

/** The steps, each with its key and its command. */
export function NextSteps({ steps, style }: { readonly steps: readonly NextStep[]; readonly style: TerminalStyle }): ReactElement {
  return (
    <Box flexDirection="column" flexShrink={0}>
      <Line style={style} left={[styled(displayText` Next`, { bold: true })]} />
      {steps.map(({ key, what, command }, index) => (
        <Line
          key={key}
          style={style}
          left={[styled(displayText`  ${index + 1}  `), styled(displayText`${key}`, { colour: 'cyan' }), styled(displayText`  ${what}`)]}
          right={style.columns < 70 ? [] : [styled(displayText`${command} `, { dim: true })]}
        />
      ))}
    </Box>
  );
}

/** The last line: the keys that work now, or what is being typed. */
export function DashboardKeys({ data, view, style }: BodyProps): ReactElement {
  if (view.asking !== undefined)
    return (
      <Line
        style={style}
        left={[
          styled(displayText` ${view.asking.ask ?? ''}: ${view.text}_`, { bold: true }),
          styled(displayText`   Enter starts, Esc cancels`, { dim: true }),
        ]}
      />
    );
  const keys: readonly (readonly [string, string])[] = [
    ...(data.runs.length > 0
      ? ([
          ['↑↓', 'run'],
          [style.ascii ? 'ret' : '↵', 'watch'],
        ] as const)
      : []),
    ...data.next.map(({ key, what }) => [key, style.columns < 60 ? '' : (what.split(' ')[0] ?? '')] as const),
    ['q', 'quit'],
  ];
  return (
    <Line
      style={style}
      left={keys.flatMap(([key, what], index) => [
        styled(displayText`${index === 0 ? ' ' : '  '}`),
        styled(displayText`${key}`, { colour: 'cyan' }),
        styled(displayText`${what === '' ? '' : ` ${what}`}`),
      ])}
    />
  );
}
