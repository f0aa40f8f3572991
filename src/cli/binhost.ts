import prettyBytes from 'pretty-bytes';
import { SwarmError } from '../core/error.ts';
import { readIndex } from '../gentoo/binhost.ts';
import { checkBinhost } from '../gentoo/check.ts';
import { diskStore } from '../gentoo/disk.ts';
import { collectGarbage } from '../gentoo/gc.ts';
import { listGenerations, rollback } from '../gentoo/generations.ts';
import { serveBinhost } from '../gentoo/serve.ts';
import type { Store } from '../gentoo/store.ts';
import { cells } from '../report/table.ts';
import type { Everywhere } from './options.ts';
import { print } from './output.ts';
import { openProject } from './project.ts';

export interface CheckFlags extends Everywhere {
  readonly deep?: boolean;
}
export interface ServeFlags extends Everywhere {
  readonly address?: string;
  readonly port?: string;
}

function storeOf(options: Everywhere): { readonly store: Store; readonly path: string } {
  const { binhost } = openProject(options).inventory;
  if (binhost.host !== undefined) {
    throw new SwarmError('SW1202', `the binhost is on ${binhost.host}`, { hint: `run this there, or: swarm hosts ssh ${binhost.host}` });
  }
  return { store: diskStore(binhost.path), path: binhost.path };
}
