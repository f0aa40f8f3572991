import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { emptyTranslation } from '../../../src/convert/jinja/translation.ts';
import { convertTemplate } from '../../../src/convert/template/convert-template.ts';
import type { Vars } from '../../../src/core/json-value.ts';
import { renderTemplateText } from '../../../src/language/template/template.ts';

const SCOPE: Vars = {
  ...{ name: 'web', empty: '', lines: 'a\nb\n', breaks: '\n', port: 80, on: true, off: false },
  ...{ words: ['x', 'y'], nobody: [], mixed: ['p', '', 'q\n'] },
};

/** Random templates, and what Ansible makes of them with Jinja 3.1: trim_blocks, and line breaks added at the end until there are as many
 *  as in the template. */
const RECORDED = JSON.parse(readFileSync(new URL('../../fixtures/convert/jinja-templates.json', import.meta.url), 'utf8')) as [
  string,
  string,
][];

test('random templates render the bytes that Ansible writes', () => {
  const wrong = RECORDED.filter(([jinja, output]) => {
    const { text, left } = convertTemplate(jinja, emptyTranslation());
    return left.length > 0 || renderTemplateText(text, SCOPE, 'x.hbs') !== output;
  });
  expect(RECORDED.length).toBeGreaterThan(200);
  expect(wrong).toEqual([]);
});
