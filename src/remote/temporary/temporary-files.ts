import { readProgram } from '../../core/program/package-root.ts';
import { withSweepLeftovers } from './sweep-leftovers.ts';

/** A program for hosts with functions before it: `sweep_leftovers`, `new_temporary`, which makes a file that is swept where there is room for
 *  it, and `whole_input`, which writes stdin to one. */
export const withTemporaryFiles = (script: string): string =>
  withSweepLeftovers(`${readProgram('src/remote/temporary/temporary-files.sh')}${script}`);

/** Shell text that runs `text` with its input once all `size` bytes of it have come. Where the connection is lost on the way, a program would
 *  take the half that came for the whole: a shell runs half a script, `crontab -` installs half a table. */
export const withWholeInput = (size: number, text: string): string =>
  withTemporaryFiles(`
swarm_input=$(new_temporary $$ ${size}) || exit
whole_input "$swarm_input" ${size} && exec <"$swarm_input" || { rm -f -- "$swarm_input"; exit 1; }
rm -f -- "$swarm_input"
unset swarm_input
${text}`);
