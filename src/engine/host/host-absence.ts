import type { Gone } from '../../core/inventory/gone.ts';
import type { Host } from '../../core/inventory/host.ts';

/** Which hosts people block, or say that they are gone. `gone` can have hosts that the inventory no longer has. */
export interface HostAbsence {
  readonly hosts: readonly Host[];
  readonly gone: ReadonlyMap<string, Gone>;
}

/** The hosts that get no work while a run goes on. */
export interface AbsentHosts {
  /** Blocked or gone. */
  isAbsent(name: string): boolean;
  /** The host with its block, where it has one. */
  findBlocked(name: string): Host | undefined;
  findGone(name: string): Gone | undefined;
  /** Resolves when another host is absent, or one is back. */
  nextChange(): Promise<void>;
  stop(): void;
}
