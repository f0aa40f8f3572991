import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { fileError } from '../../../core/error/convert-error.ts';
import { SwarmError } from '../../../core/error/swarm-error.ts';
import { formatDroneIndex, HELD_PATH, heldStanza, readHeld } from '../held-packages.ts';
import { gzipIndex, INDEX_GZ_NAME, INDEX_NAME, readCurrentIndex } from '../index-file.ts';
import type { BinhostStore } from '../store/binhost-store.ts';
import { limitConnections } from './limit-connections.ts';

interface Snapshot {
  /** Unix seconds: of the index and of its compressed copy. */
  readonly timestamp: number;
  readonly text: Buffer;
  readonly gz: Buffer;
  readonly paths: ReadonlySet<string>;
}

/** A file that a client can fetch, complete or in part. */
interface Resource {
  readonly size: number;
  /** Unix seconds. */
  readonly mtime: number;
  readonly type: string;
  /** Writes the bytes from start to end, both included. */
  send(response: ServerResponse, start: number, end: number): Promise<void>;
}

/** Serves a binhost to Portage over plain HTTP: Packages, Packages.gz from the same index, and the files that the index lists. Supports
 *  ranges, HEAD and If-Modified-Since. Default: a free port (0) on the loopback address. Drones also get what is held back: they build
 *  with it. */
export async function serveBinhost(
  store: BinhostStore,
  options: { readonly address?: string; readonly port?: number; readonly to?: 'clients' | 'drones'; readonly connections?: number } = {},
): Promise<{ readonly port: number } & AsyncDisposable> {
  const snapshot = cacheSnapshots(store, options.to === 'drones');
  const server = createServer((request, response) => {
    handleRequest(store, snapshot, request, response).catch((error: unknown) => {
      if (response.headersSent) response.destroy();
      else sendStatus(response, error instanceof SwarmError ? 503 : 500);
    });
  });
  server.on('clientError', (_, socket) => socket.destroy());
  limitConnections(server, options.connections);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(fileError(error, 'binhost serve', 'Choose another --port or --address.')));
    server.listen(options.port ?? 0, options.address ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The current index. It is read again when its file, or that of the held packages, has another time or size. */
function cacheSnapshots(store: BinhostStore, withHeld: boolean): () => Promise<Snapshot | undefined> {
  let last: { readonly key: string; readonly snapshot: Snapshot } | undefined;
  return async () => {
    const stats = await store.stat(withHeld ? [INDEX_NAME, HELD_PATH] : [INDEX_NAME]);
    if (stats.size === 0) return undefined;
    const key = JSON.stringify([...stats]);
    if (last?.key === key) return last.snapshot;
    const snapshot = await readSnapshot(store, withHeld ? (stats.get(HELD_PATH)?.mtime ?? 0) : undefined);
    last = { key, snapshot };
    return snapshot;
  };
}

/** `heldAt`: the time of the held packages, for drones. */
async function readSnapshot(store: BinhostStore, heldAt: number | undefined): Promise<Snapshot> {
  const { index, text = '' } = await readCurrentIndex(store);
  const held = heldAt === undefined ? [] : await readHeld(store, index);
  const timestamp = Math.max(Number(index.header.get('TIMESTAMP') ?? 0), held.length > 0 ? (heldAt ?? 0) : 0);
  const served = held.length > 0 ? formatDroneIndex(index, held, timestamp) : text;
  const paths = [...index.packages, ...held.map(heldStanza)].map((stanza) => stanza.get('PATH') ?? '');
  return { timestamp, text: Buffer.from(served), gz: gzipIndex(served, timestamp), paths: new Set(paths) };
}

async function handleRequest(
  store: BinhostStore,
  snapshot: () => Promise<Snapshot | undefined>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') return sendStatus(response, 405, { Allow: 'GET, HEAD' });
  const resource = await findResource(store, snapshot, request.url ?? '/');
  if (resource === undefined) return sendStatus(response, 404);
  const modified = new Date(resource.mtime * 1000).toUTCString();
  const since = Date.parse(request.headers['if-modified-since'] ?? '');
  if (!Number.isNaN(since) && resource.mtime * 1000 <= since) {
    response.writeHead(304, { 'Last-Modified': modified }).end();
    return;
  }
  const headers = { 'Content-Type': resource.type, 'Last-Modified': modified, 'Accept-Ranges': 'bytes', 'Cache-Control': 'no-cache' };
  const range = parseRange(request, resource, modified);
  if (range === 'outside') return sendStatus(response, 416, { 'Content-Range': `bytes */${resource.size}` });
  const [start, end] = range ?? [0, resource.size - 1];
  const partial = range === undefined ? {} : { 'Content-Range': `bytes ${start}-${end}/${resource.size}` };
  response.writeHead(range === undefined ? 200 : 206, { ...headers, ...partial, 'Content-Length': end - start + 1 });
  if (request.method === 'HEAD') response.end();
  else await resource.send(response, start, end);
}

async function findResource(
  store: BinhostStore,
  snapshot: () => Promise<Snapshot | undefined>,
  url: string,
): Promise<Resource | undefined> {
  const path = decodePath(url);
  const current = path === undefined ? undefined : await snapshot();
  if (path === undefined || current === undefined) return undefined;
  if (path === INDEX_NAME) return memoryResource(current.text, current.timestamp, 'text/plain; charset=utf-8');
  if (path === INDEX_GZ_NAME) return memoryResource(current.gz, current.timestamp, 'application/gzip');
  if (!current.paths.has(path)) return undefined;
  const stat = (await store.stat([path])).get(path);
  if (stat === undefined) return undefined;
  return {
    ...stat,
    type: 'application/octet-stream',
    send: async (response, start, end) => {
      if (end < start) response.end();
      else await pipeline(await store.stream(path, start, end), response);
    },
  };
}

function memoryResource(bytes: Buffer, mtime: number, type: string): Resource {
  return {
    size: bytes.length,
    mtime,
    type,
    send: async (response, start, end) => {
      response.end(bytes.subarray(start, end + 1));
    },
  };
}

/** `/a/b%2Bc` to `a/b+c`, and `/.job-x/a/b` to `a/b`: a job asks below a folder of its own, as Portage keeps an index under its path.
 *  The result is compared with the names in the index and never becomes a path on the disk. */
function decodePath(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split('?')[0] ?? '').replace(/^\/+(\.job-[^/]*\/+)?/, '');
  } catch {
    return undefined;
  }
}

/** One range, as wget and curl send to resume. A request for several ranges gets the complete file. */
function parseRange(request: IncomingMessage, resource: Resource, modified: string): readonly [number, number] | 'outside' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const condition = request.headers['if-range'];
  if (condition !== undefined && condition !== modified) return undefined;
  const start = from === '' ? Math.max(0, resource.size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? resource.size - 1 : Math.min(Number(to), resource.size - 1);
  return start > end ? 'outside' : [start, end];
}

function sendStatus(response: ServerResponse, status: number, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { ...headers, 'Content-Length': 0 }).end();
}
