import { withSweepLeftovers } from '../tree/sweep-leftovers.ts';

/** Shell text that runs `text` with its input once all `size` bytes of it have come. Where the connection is lost on the way, a program would
 *  take the half that came for the whole: a shell runs half a script, `crontab -` installs half a table. */
export const withWholeInput = (size: number, text: string): string =>
  withSweepLeftovers(
    `swarm_input=$(new_temporary $$)||exit;whole_input "$swarm_input" ${size}&&exec <"$swarm_input"||{ rm -f -- "$swarm_input";exit 1;};rm -f -- "$swarm_input";unset swarm_input;${text}`,
  );
