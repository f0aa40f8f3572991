/** The public door: what a module needs. */
export { z } from 'zod';
export type { Command, ExecResult, Facts, FileMeta, Proof } from './core/connection.ts';
export { fileError, SwarmError } from './core/error.ts';
export { type ErrorCode, type ErrorKind, errorKind } from './core/error-codes.ts';
export type { BinhostLocation, Host, HostName, Json, Vars } from './core/host.ts';
export type { JobStatus, Jobs } from './core/job.ts';
export { type Change, defineModule, type Module, type Notice, type Probe, type Remote, type RunPaths } from './core/module.ts';
export { ModuleError, type ModuleErrorFields } from './core/module-error.ts';
export {
  compareSentTree,
  compareTree,
  type PushResult,
  pushTree,
  sendTree,
  type TreeDifference,
  type TreeOptions,
} from './remote/tree/push-tree.ts';
