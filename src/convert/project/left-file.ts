import { stringify } from 'yaml';
import type { ParsedFile } from './parsed-file.ts';

/** The file in the place of one that is not converted as a whole. `swarm check` refuses it, so that a run never does without what it had. */
export function leftFile({ file, kind }: ParsedFile, reason: string): string {
  const task = { not_converted: { reason, original: `all of ${file.path}` } };
  return `# ${file.path} is not converted.\n${stringify(contentOf(kind, task, `{{ not_converted ${JSON.stringify(file.path)} ${JSON.stringify(reason)} }}`))}`;
}

function contentOf(kind: ParsedFile['kind'], task: object, value: string): unknown {
  switch (kind) {
    case 'playbook':
      return { plays: [{ hosts: 'all', tasks: [task] }] };
    case 'vars':
      return { not_converted: value };
    case 'meta':
      return { dependencies: value };
    default:
      return [task];
  }
}
