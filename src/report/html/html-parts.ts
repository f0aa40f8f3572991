import { type Html, joinHtml, markup, rawHtml } from './html-template.ts';

/** A section with a title. */
export const htmlSection = (
  id: string,
  title: string,
  body: Html,
): Html => markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${body}</section>`;

/** A cell with a number, aligned right. */
export const numberCell = (text: string): Html => markup`<td class="num">${text}</td>`;

const NUMBER_COLUMNS: ReadonlySet<string> = new Set(
  'Attempts,Estimate,Took,Difference,Size,At,ok,changed,failed,unreachable,refused,skipped,Time,Cores'.split(','),
);

/** A table that scrolls sideways on a phone. */
export const htmlTable = (heads: readonly string[], rows: readonly Html[]): Html => markup`<div class="wide" tabindex="0"><table>
<thead><tr>${joinHtml(heads.map((head) => markup`<th scope="col"${rawHtml(NUMBER_COLUMNS.has(head) ? ' class="num"' : '')}>${head}</th>`))}</tr></thead>
<tbody>${joinHtml(rows)}</tbody></table></div>`;
