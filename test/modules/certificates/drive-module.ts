import { expect } from 'vitest';
import type { AnyModule } from '../../../src/core/module.ts';
import { driveModule } from '../local-host.ts';
import { hostWithTools } from '../shells.ts';

/** Runs modules on a host whose folder is `folder()`, with the tools of this machine or of busybox. */
export function moduleDriver(folder: () => string, tools: 'own' | 'busybox') {
  const drive = async (module: AnyModule, args: unknown, check = false) => {
    const host = hostWithTools(folder(), tools);
    const driven = await driveModule(module.run(host, module.args.parse(args)), host, check);
    return { ...driven, ran: JSON.stringify(host.ran) };
  };
  /** The first run of two, of which the second changes nothing. */
  const twice = async (module: AnyModule, args: unknown) => {
    const first = await drive(module, args);
    const second = await drive(module, args);
    expect(second.changes).toEqual([]);
    expect(second.result).toEqual(first.result);
    return first;
  };
  return { drive, twice };
}
