import type { Vars } from '../json-value.ts';
import type { Block } from './block.ts';
import type { Gone } from './gone.ts';
import type { HealPlan } from './heal.ts';
import type { Identity } from './host-identity.ts';
import type { HostName } from './host-name.ts';
import type { Login } from './login.ts';
import type { Route } from './route.ts';
import type { StageTimeouts } from './stage-timeouts.ts';

/** Bytes a second. No honest link of today is slower for minutes. */
export const DEFAULT_LEAST_RATE = 1024;

/** A machine in the inventory. */
export interface Host {
  readonly name: HostName;
  /** Every group the host is in, direct ones first; `all` is left out. */
  readonly groups: readonly string[];
  readonly routes: readonly [Route, ...Route[]];
  readonly login: Login;
  /** The stages whose time the inventory sets. */
  readonly timeouts?: Partial<StageTimeouts>;
  /** Bytes a second that a transfer must manage; 0: no limit. Absent: the default. */
  readonly leastRate?: number;
  /** From inventory/known_hosts; absent: never trusted, nothing is sent to it. */
  readonly identity?: Identity;
  readonly protected: boolean;
  /** Why it is protected without `protected: true`; `lifted`: the inventory has `protected: false`. */
  readonly protection?: 'this machine' | 'the binhost' | 'a jump host' | 'lifted';
  readonly block?: Block;
  /** From `.swarm/gone.json`. */
  readonly gone?: Gone;
  /** Absent: it is not healed. */
  readonly heal?: HealPlan;
  readonly cores?: number;
  /** Bytes. */
  readonly memory?: number;
  readonly vars: Vars;
}
