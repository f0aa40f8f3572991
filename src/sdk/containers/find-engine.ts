import { readProgram } from '../../core/program/package-root.ts';

/** A program for hosts that calls `find_engine`: it sets `engine`, where it is empty, to docker or podman, whichever the host has. */
export const withFindEngine = (script: string): string => `${readProgram('src/sdk/containers/find-engine.sh')}${script}`;
