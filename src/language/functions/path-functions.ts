import { posix } from 'node:path';
import { declareFunction, toText } from './language-function.ts';

/** Functions of paths. */
export const pathFunctions = [
  declareFunction('basename', {
    params: { path: 'text', suffix: 'text?' },
    does: 'the last part of a path, without the suffix',
    example: [['/etc/nginx/site.conf'], 'site.conf'],
    call: ({ path, suffix }) => posix.basename(path, suffix),
  }),
  declareFunction('dirname', {
    params: { path: 'text' },
    does: 'the folder of a path',
    example: [['/etc/nginx/site.conf'], '/etc/nginx'],
    call: ({ path }) => posix.dirname(path),
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
