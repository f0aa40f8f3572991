/** The public door: what a module needs. */
export { z } from 'zod';
export type { Command, ExecResult, Facts, FileMeta, Proof } from './core/connection.ts';
export { SwarmError } from './core/error.ts';
export type { BinhostPlace, Host, HostName, Json, Vars } from './core/host.ts';
export type { JobStatus, Jobs } from './core/job.ts';
export { type Change, defineModule, type Module, type Notice, type Place, type Probe, type Remote } from './core/module.ts';
export { type Difference, type Pushed, planTree, pushTree, sendTree, type TreeOptions, treeLeft } from './remote/tree/push-tree.ts';
