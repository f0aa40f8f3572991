import type { ExcludeTest } from './list-tree.ts';

/** rsync's exclude patterns: `name` at any depth, `/name` at the root, `name/` folders only, `*` within a part, `**` across parts. */
export function createExcludeTest(patterns: readonly string[]): ExcludeTest {
  const rules = patterns.filter((each) => each !== '').map(parseExcludePattern);
  return (path, type) => {
    const parts = path.split('/');
    // what is below an excluded folder is excluded too
    return parts.some((_, index) => {
      const last = index === parts.length - 1;
      const part = parts.slice(0, index + 1).join('/');
      return rules.some(({ regex, folders }) => (!folders || !last || type === 'dir') && regex.test(part));
    });
  };
}

function parseExcludePattern(pattern: string): { readonly regex: RegExp; readonly folders: boolean } {
  const folders = pattern.endsWith('/');
  const anchored = pattern.startsWith('/');
  const body = pattern.slice(anchored ? 1 : 0, folders ? -1 : undefined);
  const source = body.replace(/\*\*|\*|\?|\[!?[^\]]+\]|[\\^$.|+(){}[\]]/g, (token) => {
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    return token.length > 1 ? token.replace(/^\[!/, '[^').replaceAll('\\', '\\\\') : `\\${token}`;
  });
  return { regex: new RegExp(`${anchored ? '^' : '(?:^|/)'}${source}$`, 's'), folders };
}
