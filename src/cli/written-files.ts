import { relative } from 'node:path';
import { type DisplayText, displayText } from '../report/text/display-text.ts';

/** `wrote inventory/swarm.yml`: which file a command wrote, as it is reached from the current folder. */
export const formatWritten = (file: string): DisplayText => displayText`wrote ${relative(process.cwd(), file)}`;
