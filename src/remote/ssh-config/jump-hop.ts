/** One host that ProxyJump names. */
export interface JumpHop {
  readonly user?: string;
  readonly host: string;
  readonly port?: number;
}

/** The hops of a ProxyJump line, first one first; empty: none. Undefined: not a list of hosts. */
export function parseProxyJump(text: string): readonly JumpHop[] | undefined {
  const list = text
    .replace(/^[ \t\r\n=]+/, '')
    .replace(/#.*/s, '')
    .trimEnd();
  if (list.toLowerCase() === 'none') return [];
  const hops = list.split(',').map(parseHop);
  return hops.every((hop) => hop !== undefined) ? hops : undefined;
}

/** `user@host:port`, `[v6]:port`, `ssh://user@host:port`. */
function parseHop(text: string): JumpHop | undefined {
  const [, user, name, port] = /^(?:ssh:\/\/)?(?:(.*)@)?(\[[^\]]+\]|[^:@[\]]+)(?::(\d{1,5}))?\/?$/s.exec(text.trim()) ?? [];
  const host = name?.replace(/^\[|\]$/g, '');
  if (host === undefined || host === '' || user === '' || port === '0' || Number(port ?? 1) > 65_535) return undefined;
  return { host, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port: Number(port) }) };
}

/** `gate`, `root@gate:2222`, `[fd00::1]:2222`. */
export function formatHop({ user, host, port }: JumpHop): string {
  const address = host.includes(':') ? `[${host}]` : host;
  return `${user === undefined ? '' : `${user}@`}${address}${port === undefined ? '' : `:${port}`}`;
}
