import type { Probe } from '../../core/module.ts';

/** The paths that `find -print0` printed. A name with a line break belongs to no task: it is left out, with a note. */
export function readFoundPaths(probe: Probe, printed: string): readonly string[] {
  const paths = printed.split('\0').filter((path) => path !== '');
  const broken = paths.filter((path) => path.includes('\n'));
  if (broken.length > 0) {
    const more = broken.length === 1 ? '' : ` and ${broken.length - 1} more`;
    probe.emit({ type: 'run.note', text: `the task leaves out ${JSON.stringify(broken[0])}${more}: a line break is in the name` });
  }
  return paths.filter((path) => !path.includes('\n'));
}
