import type { Connection } from '../../core/connection.ts';
import type { Host } from '../../core/inventory/host.ts';
import type { HostName } from '../../core/inventory/host-name.ts';
import type { Probe } from '../../core/module.ts';
import { unknownNameError } from '../../core/unknown-name.ts';
import type { Project } from '../project/project.ts';
import { makeRunPaths } from '../project/run-paths.ts';
import { createConnector } from './connectors.ts';

/** A probe of this machine outside any run: for commands that only ask. Each host is proved when it is first used. */
export function openReadingProbe(project: Project, signal: AbortSignal): { readonly probe: Probe } & AsyncDisposable {
  const connect = createConnector(project, () => {});
  const open = new Map<HostName, Promise<Connection>>();
  const { hosts } = project.inventory;
  const connectTo = (host: Host): Promise<Connection> => {
    const opened = open.get(host.name) ?? connect(host, signal);
    open.set(host.name, opened);
    return opened;
  };
  const makeProbe = (host: Host, facts: Probe['facts']): Probe => {
    const shell = async () => (await connectTo(host)).withBecome(host.login.become);
    return {
      ...{ host, facts, signal, jobId: 'question', resultIsUsed: true, check: true, paths: makeRunPaths(project, 'question') },
      read: async (path) => (await shell()).read(path, signal),
      query: async (command) => (await shell()).exec(command, signal),
      render: (text) => text,
      emit: () => {},
      onHost: async (name) => {
        const other = hosts.find((each) => each.name === name);
        if (other === undefined)
          throw unknownNameError(
            'host',
            name,
            hosts.map((each) => each.name),
          );
        return makeProbe(other, (await connectTo(other)).facts);
      },
    };
  };
  const here = hosts.at(-1) as Host; // localhost
  const unknownFacts = {
    hostname: '',
    kernel: '',
    arch: '',
    cores: 0,
    memory: 0,
    init: 'other',
    distribution: '',
    user: '',
    home: '',
  } as const;
  return {
    probe: makeProbe(here, unknownFacts),
    async [Symbol.asyncDispose]() {
      for (const opened of open.values()) await opened.then((link) => link[Symbol.asyncDispose]()).catch(() => {});
    },
  };
}
