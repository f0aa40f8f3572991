/** How a person starts this program: `swarm`, or where npm started it, as in a clone, `npx swarm`. There npx finds the program of the clone;
 *  elsewhere it would fetch a package of this name. */
export const typedProgram = ({ npm_command: startedByNpm }: NodeJS.ProcessEnv): string =>
  startedByNpm === undefined ? 'swarm' : 'npx swarm';
