import type { Vars } from '../../core/json-value.ts';
import { declareFunction, FunctionFault } from './language-function.ts';

/** The parts of a URL as RFC 3986 splits it; nothing is decoded. */
function splitUrl(url: string): Vars {
  const [, scheme = '', authority, path = '', query = '', fragment = ''] =
    /^(?:([A-Za-z][\w+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(url) ?? [];
  const [, login, host = ''] = /^(?:(.*)@)?(.*)$/s.exec(authority ?? '') ?? [];
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d*))?$/.exec(host) ?? [undefined, host];
  const [user, password] =
    login === undefined ? [null, null] : [login.split(':')[0] ?? null, login.includes(':') ? login.slice(login.indexOf(':') + 1) : null];
  return {
    scheme: scheme.toLowerCase(),
    netloc: authority ?? '',
    hostname: name === '' ? null : name.replace(/^\[|\]$/g, '').toLowerCase(),
    port: port === undefined || port === '' ? null : Number(port),
    username: user,
    password,
    path,
    query,
    fragment,
  };
}

/** Functions of URLs. */
export const urlFunctions = [
  declareFunction('urlsplit', {
    params: { url: 'text', part: 'text?' },
    does: 'a part of a URL: scheme, netloc, hostname, port, username, password, path, query or fragment; without a part a mapping of all',
    example: [['https://example.org:8443/a?b=1', 'port'], 8443],
    call({ url, part }) {
      const parts = splitUrl(url);
      if (part === undefined) return parts;
      if (!Object.hasOwn(parts, part)) throw new FunctionFault(`knows the parts ${Object.keys(parts).join(', ')}, not ${part}`);
      return parts[part] ?? null;
    },
  }),
];
