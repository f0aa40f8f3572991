import { SwarmError } from '../../core/error/swarm-error.ts';

/** True where the connection failed, not the command that ran over it. */
export const isConnectionLoss = (error: unknown): boolean => error instanceof SwarmError && error.code === 'SW2005';
