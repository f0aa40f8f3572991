import { dirname, join, relative } from 'node:path';
import type { FindTemplate } from '../jinja/translation.ts';
import type { ParsedFile } from './parsed-file.ts';

/** Finds a template as Jinja does: beside the one that names it, in `templates/` of the role, in the role, and in the project. */
export function findTemplateFor(main: ParsedFile, all: readonly ParsedFile[], from: ParsedFile = main): FindTemplate {
  return (name) => {
    const role = from.role ?? '.';
    const paths = [join(dirname(from.file.path), name), join(role, 'templates', name), join(role, name), join('templates', name), name];
    const found = paths.flatMap((path) => all.find((each) => each.file.path === path && each.kind === 'template') ?? [])[0];
    if (found?.text === undefined) return undefined;
    return { text: found.text, path: relative(dirname(main.newPath), found.newPath), find: findTemplateFor(main, all, found) };
  };
}
