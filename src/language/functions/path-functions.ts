import { posix } from 'node:path';
import { declareFunction, toText } from './language-function.ts';

function dirname(path: string): string {
  const head = path.slice(0, path.lastIndexOf('/') + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, '');
}

/** Functions of paths. */
export const pathFunctions = [
  declareFunction('basename', {
    params: { path: 'text', suffix: 'text?' },
    does: 'what stands behind the last `/`, without the suffix; as in Ansible nothing where the path ends with `/`',
    example: [['/etc/nginx/site.conf'], 'site.conf'],
    call: ({ path, suffix }) => (path.endsWith('/') ? '' : posix.basename(path, suffix)),
  }),
  declareFunction('dirname', {
    params: { path: 'text' },
    does: 'what stands before the last `/`; as in Ansible nothing where there is none',
    example: [['/etc/nginx/site.conf'], '/etc/nginx'],
    call: ({ path }) => dirname(path),
  }),
  declareFunction('extension', {
    params: { path: 'text' },
    does: 'what stands behind the last point of the name, with the point',
    example: [['/etc/nginx/site.conf'], '.conf'],
    call: ({ path }) => posix.extname(path),
  }),
  declareFunction('splitext', {
    params: { path: 'text' },
    does: 'the path without its extension, and the extension',
    example: [['/etc/site.conf'], ['/etc/site', '.conf']],
    call({ path }) {
      const extension = posix.extname(path);
      return [path.slice(0, path.length - extension.length), extension];
    },
  }),
  declareFunction('path_join', {
    params: { parts: 'list' },
    does: 'the parts as one path; one that begins with / starts anew',
    example: [[['/etc', 'nginx', 'site.conf']], '/etc/nginx/site.conf'],
    call({ parts }) {
      const names = parts.map(toText);
      return posix.join(
        ...names.slice(
          Math.max(
            0,
            names.findLastIndex((name) => name.startsWith('/')),
          ),
        ),
      );
    },
  }),
  declareFunction('relpath', {
    params: { path: 'text', start: 'text' },
    does: 'the path as seen from another folder',
    example: [['/srv/a/b', '/srv/c'], '../a/b'],
    call: ({ path, start }) => posix.relative(start, path),
  }),
];
