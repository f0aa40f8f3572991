import type { Become } from '../../core/inventory/login.ts';
import type { SessionPool } from '../session/session-pool.ts';
import type { ShellAccess } from '../session/start/start-answering.ts';
import type { TransferLimit } from '../session/transfer-limit.ts';

/** The sessions of one user on one link. */
export interface UserAccess extends ShellAccess {
  readonly pool: SessionPool;
  readonly become: Become | undefined;
  /** It has the rights of root, or of another user that somebody chose. */
  readonly asRoot: boolean;
  readonly transferLimit: TransferLimit;
}
