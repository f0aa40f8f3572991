import { homeFolder } from '../../core/program/account.ts';

/** `~/.ssh/config:8`. */
export function formatConfigPosition({ file, line }: { readonly file: string; readonly line: number }): string {
  const home = `${homeFolder().replace(/\/$/, '')}/`;
  return `${file.startsWith(home) ? `~/${file.slice(home.length)}` : file}:${line}`;
}
