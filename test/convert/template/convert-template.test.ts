import { describe, expect, test } from 'vitest';
import { emptyTranslation, type FindTemplate } from '../../../src/convert/jinja/translation.ts';
import { convertTemplate } from '../../../src/convert/template/convert-template.ts';
import type { Vars } from '../../../src/core/json-value.ts';
import { renderTemplateText } from '../../../src/language/template/template.ts';

const SCOPE: Vars = {
  name: 'web',
  on: true,
  off: false,
  empty: '',
  lines: 'a\nb\n',
  port: 80,
  hosts: [
    { name: 'a', port: 1 },
    { name: 'b', port: 2 },
  ],
  nobody: [],
  words: ['x', 'y', 'z'],
  limits: { soft: 10, hard: 20 },
};

/** A template of Jinja and what Jinja 3.1 renders with trim_blocks, and with the line break at the end that Ansible adds where there is none. */
const RENDERED: readonly (readonly [title: string, jinja: string, output: string])[] = [
  ['a value', 'Hello {{ name }}\n', 'Hello web\n'],
  ['a block on lines of its own', '{% if on %}\nyes\n{% endif %}\nend\n', 'yes\nend\n'],
  ['else', '{% if off %}\nyes\n{% else %}\nno\n{% endif %}\nend\n', 'no\nend\n'],
  ['elif', '{% if off %}\na\n{% elif port == 80 %}\nb\n{% else %}\nc\n{% endif %}\n', 'b\n'],
  ['a block in a line', 'a {% if on %}b{% endif %} c\n', 'a b c\n'],
  ['a block at the end of a line', 'a{% if on %} b{% endif %}\nc\n', 'a bc\n'],
  ['an indented block', '  {% if on %}\n  x\n  {% endif %}\ny\n', '    x\n  y\n'],
  ['white space removed', 'a\n  {%- if on %}\nb\n{%- endif %}\nc\n', 'abc\n'],
  ['white space removed on both sides', 'a {%- if on -%} b {%- endif -%} c\n', 'abc\n'],
  ['a loop', '{% for h in hosts %}\n{{ h.name }}:{{ h.port }}\n{% endfor %}\nend\n', 'a:1\nb:2\nend\n'],
  ['a loop in a line', '{% for w in words %}{{ w }}{% if not loop.last %}, {% endif %}{% endfor %}\n', 'x, y, z\n'],
  ['the number of a round', '{% for w in words %}\n{{ loop.index }}/{{ loop.length }} {{ w }}\n{% endfor %}\n', '1/3 x\n2/3 y\n3/3 z\n'],
  [
    'what is before and behind an entry',
    '{% for h in hosts %}{% if loop.previtem is defined %}{{ loop.previtem.name }}<{% endif %}{{ h.name }}{% if loop.nextitem is defined and loop.nextitem.port > 1 %}>{{ loop.nextitem["name"] }}{% endif %} {% endfor %}\n',
    'a>b a<b \n',
  ],
  [
    'a change from one entry to the next',
    "{% for w in ['a', 'a', 'b'] %}{% if w != loop.previtem | default('') %}[{{ w }}]{% endif %}{{ loop.revindex }}{{ loop.revindex0 }}{% endfor %}\n",
    '[a]3221[b]10\n',
  ],
  [
    'entries chosen by what a function makes of them',
    "{% for h in hosts | selectattr('name', 'string') | rejectattr('port', 'string') %}{{ h.name }}{% endfor %} {{ hosts | selectattr('name', 'search', '^' + name) | list | length }}\n",
    'ab 0\n',
  ],
  [
    'texts that format() makes',
    "{{ 'a{{{}}}b'.format(name) }} {{ '{0}-{n}'.format(port, n=name) }} {{ '{:<5}|{:>5}|{:05d}|{:.2f}'.format(name, name, port, port) }} {{ '{}'.format('') }}{{ '{{}}'.format() }}\n",
    'a{web}b 80-web web  |  web|00080|80.00 {}\n',
  ],
  [
    'a mapping that a branch changes',
    "{% set d = {'a': name} %}{% set _ = d.update({'b': 1}) %}{% if port == 80 %}{% set _ = d.update({'b': 2}) %}{% endif %}{{ d.a }}{{ d['b'] }}\n",
    'web2\n',
  ],
  ['one value after the other', "{% for w in words %}{{ w }}{{ loop.cycle('odd', 'even') }} {% endfor %}\n", 'xodd yeven zodd \n'],
  ['a loop over a mapping', '{% for k, v in limits.items() %}\n{{ k }}={{ v }}\n{% endfor %}\n', 'soft=10\nhard=20\n'],
  ['a loop over a mapping in order', '{% for k, v in { "b": 1, "a": 2 } | dictsort %}\n{{ k }}={{ v }}\n{% endfor %}\n', 'a=2\nb=1\n'],
  [
    'a loop over sorted pairs in another one',
    '{% for k, v in limits.items() | sort %}\n{% for k, w in { "x": 1 } | dictsort %}\n{{ k }}{{ v + w }}{{ loop.first }}\n{% endfor %}\n{{ k }}\n{% endfor %}\n',
    'x21True\nhard\nx11True\nsoft\n',
  ],
  [
    'a mapping that update changes, and a list that extend changes',
    "{% set d = {'a': 1} %}\n{% set _ = d.update({'b': 2}) %}\n{% do d.update(c=3) %}\n{% set l = ['x'] %}\n{% set _ = l.extend(words) %}\n{{ d.a }}{{ d.b }}{{ d.c }} {{ l | join('') }}\n",
    '123 xxyz\n',
  ],
  ['text in columns', '{{ name.ljust(6) }}|{{ name.rjust(5) }}|\n', 'web   |  web|\n'],
  [
    'a backslash before the end of a line',
    "{% for w in words %}{{ w }}{{ ' \\\\' if not loop.last else '' }}\n{% endfor %}",
    'x \\\ny \\\nz\n',
  ],
  [
    'a loop with a condition, and else',
    '{% for h in hosts if h.port > 5 %}{{ h.name }}{% else %}none{% endfor %} {% for w in words if off %}{{ w }}{% else %}off{% endfor %}\n',
    'none off\n',
  ],
  [
    'the number of a round with a condition',
    '{% for h in hosts if h.port > 1 %}{{ loop.index }}{{ h.name }}{% if loop.last %}.{% endif %}{% endfor %}\n',
    '1b.\n',
  ],
  ['whether any or all are true', "{{ 'y' if [0, port] is any else 'n' }}{{ 'y' if [0, port] is all else 'n' }}\n", 'yn\n'],
  ['a field of a namespace', "{% set ns = namespace(a='x', n=1) %}\n{% set ns.a = 'y' %}\n{{ ns.a }}{{ ns.n }}\n", 'y1\n'],
  [
    'a field that a loop sets',
    "{% set ns = namespace(home='yes') %}\n{% for h in hosts if h.name == 'b' %}\n{%   set ns.home = 'no' %}\n{% endfor %}\nhome={{ ns.home }}\n",
    'home=no\n',
  ],
  [
    'a field that a loop leaves',
    "{% set ns = namespace(home='yes') %}\n{% for h in hosts if h.name == 'c' %}\n{%   set ns.home = 'no' %}\n{% endfor %}\n{% if empty.startswith('x') %}\n{% set ns.home = 'n' %}\n{% endif %}\nhome={{ ns.home }}\n",
    'home=yes\n',
  ],
  [
    'a field set in an if of a loop',
    "{% set ns = namespace(found=false) %}\n{% for h in hosts %}{% if h.port > 5 %}{% elif h.name == 'b' %}{% set ns.found = true %}{% endif %}{% endfor %}\n{% if ns.found %}yes{% else %}no{% endif %}\n",
    'yes\n',
  ],
  [
    'a field that counts',
    '{% set ns = namespace(n=0, sum=0) %}\n{% for h in hosts %}{% if h.port > 1 %}{% set ns.n = ns.n + 1 %}{% endif %}{% set ns.sum = ns.sum + h.port %}{% endfor %}\n{{ ns.n }} {{ ns.sum }}\n',
    '1 3\n',
  ],
  [
    'a field that collects',
    "{% set ns = namespace(all=['o']) %}\n{% for h in hosts %}{% set ns.all = ns.all + [h.name] %}{% endfor %}\n{{ ns.all | join(',') }}\n",
    'o,a,b\n',
  ],
  [
    'the last of a loop',
    "{% set ns = namespace() %}\n{% set ns.last = 'o' %}\n{% for h in hosts %}{% set ns.last = h.name %}{% endfor %}\n{{ ns.last }}\n",
    'b\n',
  ],
  [
    'a list that a loop appends to',
    "{% set names = [] %}\n{% for h in hosts if h.port > 0 %}\n{% set _ = names.append(h.name) %}\n{% endfor %}\n{{ names | join(' ') }}\n",
    'a b\n',
  ],
  [
    'append without a loop',
    "{% set names = ['a'] %}\n{% if on %}{% set _ = names.append('b') %}{% endif %}\n{{ names | join(' ') }}\n",
    'a b\n',
  ],
  [
    'a loop that writes and counts',
    '{% set ns = namespace(n=0) %}\n{% for h in hosts %}\n{{ h.name }}\n{% set ns.n = ns.n + 1 %}\n{% endfor %}\n{{ ns.n }}\n',
    'a\nb\n2\n',
  ],
  [
    'a macro that sets a field',
    '{% set ns = namespace(a=1) %}\n{% macro m(x) %}{% set ns.a = x %}{% endmacro %}\n{{ m(3) }}{{ ns.a }}\n',
    '3\n',
  ],
  ['a set in a loop does not hold after it', '{% set a = 1 %}\n{% for h in hosts %}{% set a = 2 %}{% endfor %}\n{{ a }}\n', '1\n'],
  ['a loop over nothing', '{% for w in nobody %}\n{{ w }}\n{% else %}\nnothing\n{% endfor %}\n', 'nothing\n'],
  ['a loop with a condition', '{% for h in hosts if h.port > 1 %}\n{{ h.name }}\n{% endfor %}\n', 'b\n'],
  ['a variable of the scope in a loop', '{% for w in words %}\n{{ name }}-{{ w }}\n{% endfor %}\n', 'web-x\nweb-y\nweb-z\n'],
  [
    'a loop in a loop',
    '{% for h in hosts %}\n{% for w in words %}\n{{ h.name }}{{ w }}{{ name }}\n{% endfor %}\n{% endfor %}\n',
    'axweb\nayweb\nazweb\nbxweb\nbyweb\nbzweb\n',
  ],
  ['set', "{% set full = name ~ '.org' %}\n{{ full }}\n", 'web.org\n'],
  ['set in each branch', "{% if off %}\n{% set x = 'a' %}\n{% else %}\n{% set x = 'b' %}\n{% endif %}\n{{ x }}\n", 'b\n'],
  ['set beside text in a branch', "{% if on %}\n{% set x = 'a' %}\n<{{ x }}>\n{% endif %}\n{{ x }}\n", '<a>\na\n'],
  [
    'set of several names in branches',
    "{% set x = 'o' %}\n{% if off %}\n{% set x = 'a' %}\n{% set y = 1 %}\n{% elif port == 80 %}\n{% set y = 2 %}\n{% endif %}\n{{ x }}{{ y }}\n",
    'o2\n',
  ],
  ['set in an if in an if', "{% if on %}{% if port > 1 %}{% set name = 'x' ~ name %}{% endif %}{% endif %}\n{{ name }}\n", 'xweb\n'],
  [
    'set of two names',
    "{% set a, b = ['x', port] %}\n{% set k, v = (limits.items() | list)[0] %}\n{{ a }}{{ b }}{{ k }}{{ v }}\n",
    'x80soft10\n',
  ],
  ['set of a text', '{% set t %}\n{{ name }}:{% if on %}on{% else %}off{% endif %}{% endset %}\n<{{ t }}>\n', '<web:on>\n'],
  ['a choice in a line', "{{ 'on' if on else name }}\n", 'on\n'],
  ['a number instead of an empty text', '{{ empty | default(50, true) }} {{ none_such | default(-3) }}\n', '50 -3\n'],
  ['a literal', "{{ 50 }} {{ -3 }} {{ 1.5 }} {{ true }} {{ 'x' }}\n", '50 -3 1.5 True x\n'],
  ['true and false', '{{ port == 80 }} {{ not on }}\n', 'True False\n'],
  ['a comment', 'a\n{# hidden #}\nb {# too #}\n', 'a\nb \n'],
  ['a brace before a tag', 'a {\n{%- if on %}\n b\n{%- endif %}\n}\n', 'a { b}\n'],
  ['braces around a value', "{{ '{' ~ name ~ '}' }}\n", '{web}\n'],
  ['literal braces', 'a {% raw %}{{ x }}{% endraw %} b\n', 'a {{ x }} b\n'],
  ['a block of a template that nothing extends', '{% block head %}\nhead {{ name }}\n{% endblock %}\nend\n', 'head web\nend\n'],
  ['a name that is missing', "{% if missing is defined and missing == 'x' %}\na\n{% endif %}\nb\n", 'b\n'],
  [
    'json in the order of keys',
    '{{ { "b": 1, "a": [2] } | to_nice_json }}\n{{ { "b": 1, "a": 2 } | to_nice_yaml }}\n',
    '{\n    "a": [\n        2\n    ],\n    "b": 1\n}\na: 2\nb: 1\n',
  ],
  [
    'a part of a text and of a list',
    '{{ name[1:] }}{{ name[:2] }}{{ name[-1:] }} {{ words[1:] | join }}{{ words[::-1] | join }}\n',
    'ebweb yzzyx\n',
  ],
  ['a format with widths', "{{ '%02d:%-3s|' | format(7, 'x') }}{{ '%5.1f' % 2.31 }}\n", '07:x  |  2.3\n'],
  [
    'comments',
    "{{ 'a\nb' | comment }}\n{{ 'x' | comment(prefix='', postfix='') }}{{ 'y' | comment('c', postfix_count=2) }}\n{{ 'z' | comment('xml') }}\n",
    '#\n# a\n# b\n#\n# x\n//\n// y\n//\n//\n<!--\n -\n - z\n -\n-->\n',
  ],
  [
    'entries',
    "{{ words | map('upper') | join }}{{ hosts | map(attribute='name') | map('regex_replace', '$', '!') | join }}{{ words | reject('equalto', 'y') | join }}{{ hosts | selectattr('port', '>', 1) | map(attribute='name') | join }}{{ hosts | rejectattr('name', 'match', 'a') | list | length }}\n",
    'XYZa!b!xzb1\n',
  ],
  [
    'entries as a whole',
    "{{ [0, 1] is any }} {{ [0, 1] is all }} {{ dict([['a', 1]]).a }} {{ ['a'] | map('extract', {'a': 5}) | first }}\n",
    'True False 1 5\n',
  ],
  [
    'a part of a URL',
    "{{ 'https://a.org:8443/b/c.tgz' | urlsplit('path') }} {{ ('//' ~ ':9093') | urlsplit('port') }}\n",
    '/b/c.tgz 9093\n',
  ],
  ['filters', "{{ words | join(', ') | upper }}\n", 'X, Y, Z\n'],
  ['an empty line after a block', '{% if on %}\na\n{% endif %}\n\nb\n', 'a\n\nb\n'],
  ['two blocks in a line', '{% if on %}{% if port %}x{% endif %}{% endif %}\ny\n', 'xy\n'],
  ['a block at the end of the last line', 'a {% if on %}b{% endif %}\n', 'a b\n'],
  ['a block that is left out at the end of the last line', 'x{% if off %}\ny\n{% endif %}\n', 'x\n'],
  ['a block that is the last line', 'x\n{% if on %}b{% endif %}\n', 'x\nb\n'],
  ['a block that would be the last line', 'x\n{% if off %}b{% endif %}\n', 'x\n'],
  ['a value of several lines at the end', 'x\n{{ lines }}\n', 'x\na\nb\n'],
  ['an empty value at the end', 'x\n\n{{ empty }}\n', 'x\n\n'],
  ['an empty value at the end of a line', 'x {{ empty }}\n', 'x \n'],
  ['a value of several lines before an empty line', 'x\n{{ lines }}\n\n', 'x\na\nb\n\n'],
  ['a value in a block at the end', 'x\n{% if on %}\n{{ lines }}{% endif %}\n', 'x\na\nb\n'],
  [
    'a macro',
    "{% macro line(key, value, sign='=') %}\n{{ key }}{{ sign }}{{ value }}\n{% endmacro %}\n{{ line('a', port) }}{{ line('b', name, sign=': ') }}end\n",
    'a=80\nb: web\nend\n',
  ],
  [
    'a macro in a loop',
    '{% macro m(x) %}<{% if x.port > 1 %}{{ x.name }}{% endif %}{{ name }}>{% endmacro %}\n{% for h in hosts %}\n{{ m(h) }}\n{% endfor %}\n',
    '<web>\n<bweb>\n',
  ],
  [
    'a macro in a macro',
    '{% macro a(x) %}[{{ x }}]{% endmacro %}{% macro b(y) %}{{ a(y ~ 1) }}{{ a(x=y) }}{% endmacro %}\n{{ b(name) }}\n',
    '[web1][web]\n',
  ],
  [
    'a macro whose loop has the name of the loop around the call',
    '{% macro m(a) %}{% for w in [1, 2] %}{{ a }}{{ w }}{% endfor %}{% for w, x in limits.items() | sort %}{{ a }}{{ w }}{{ x }}{% endfor %}{% endmacro %}{% for w in words %}{{ m(w) }}{% endfor %}\n',
    'x1x2xhard20xsoft10y1y2yhard20ysoft10z1z2zhard20zsoft10\n',
  ],
  ['a loop over nothing that is the last line', 'x\n{% for w in nobody %}{{ w }}{% endfor %}\n', 'x\n'],
  ['a loop that is the last line', 'x\n{% for w in words %}{{ w }}{% endfor %}\n', 'x\nxyz\n'],
  ['a value with a line break at the end of a line', 'x {{ lines }}\n', 'x a\nb\n'],
  ['a number at the end', 'x\n{{ port }}\n', 'x\n80\n'],
  ['an empty line after a block at the end', '{% if on %}a{% endif %}\n\n\n', 'a\n\n\n'],
  ['a shell variable', 'echo $HOME {{ name }} }} {\n', 'echo $HOME web }} {\n'],
  ['a backslash before a value', 'C:\\{{ name }}\n', 'C:\\web\n'],
];

describe('a converted template renders what Jinja renders', () => {
  test.each(RENDERED)('%s', (_, jinja, output) => {
    const { text, left } = convertTemplate(jinja, emptyTranslation());
    expect(left).toEqual([]);
    expect(renderTemplateText(text, SCOPE, 'x.hbs')).toBe(output);
  });
});

test('a template looks as a person would write it', () => {
  const { text } = convertTemplate(
    '# {{ ansible_managed }}\n{% for vhost in vhosts %}\nserver {\n    listen {{ vhost.port | default(80) }};\n{% if vhost.tls %}\n    tls {{ dir }};\n{% endif %}\n}\n{% endfor %}\n',
    emptyTranslation(),
  );
  expect(text).toBe(
    '# Managed by swarm\n{{#each vhosts as |vhost|}}\nserver {\n    listen {{ default vhost.port 80 }};\n{{#if vhost.tls}}\n    tls {{ @root.dir }};\n{{/if}}\n}\n{{/each}}\n',
  );
});

describe('what cannot be converted stays visible', () => {
  test.each([
    ['{{ x | strange }}', 'the filter strange'],
    ["{% import 'm.j2' as m %}", 'macros of m.j2, which is not a template of the project'],
    ['{% macro m() %}a{% endmacro %}{{ m() | upper }}', 'the macro m in an expression: write its text there'],
    ['{% macro m() %}{{ caller() }}{% endmacro %}{{ m() }}', 'the macro m, which uses caller: write its text there'],
    ['{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', 'the macro m, which calls itself: write its text there'],
    ['{% macro m(a) %}{{ a }}{% endmacro %}{{ m() }}', 'the macro m without a value for a'],
    ['{% macro m() %}{% endmacro %}{{ m(1) }}', 'the macro m with other values than it takes'],
    ['{% if x is file %}a{% endif %}', 'the test `is file`'],
    ['{% for x in y | strange %}a{% endfor %}', 'the filter strange'],
    ['{% include name %}', '{% include %} of a computed name'],
    ['{% set x.y = 1 %}', '{% set %} of other than a name'],
    ['{% for w in words %}{% set ns.x = 1 %}{% endfor %}', '{% set %} of other than a name'],
    [
      '{% set n = namespace(f=1) %}{% for w in words %}{% if n.f %}{% set n.f = 0 %}{% endif %}{% endfor %}',
      '`n.f` is set and read in one for',
    ],
    ['{% set n = namespace(f=1) %}{% for w in words %}{{ n.f }}{% set n.f = 0 %}{% endfor %}', '`n.f` is set and read in one for'],
    ['{% set n = namespace(f=1) %}{% for w in words %}{% for v in words %}{% set n.f = 0 %}{% endfor %}{% endfor %}', 'in a for in a for'],
    ['{% for k, v in limits.items() %}{{ loop.previtem }}{% endfor %}', '`loop.previtem` in a for with two names'],
    ['{% set n = namespace(f=1) %}{% for w in words %}{% set n.f = loop.index %}{% endfor %}', '`loop.index` in a for with a condition'],
    ['{% set _ = words.append(1) %}', 'a method of Python that changes `words`, which the template did not make'],
    ['{% set x %}{% for w in words %}{% endfor %}{% endset %}', '{% set %} of a text with blocks in it'],
    ['{{ a b }}', 'this is not Jinja'],
  ])('%s: %s', (jinja, reason) => {
    const { text, left } = convertTemplate(jinja, emptyTranslation());
    expect(left[0]?.reason).toContain(reason);
    expect(text).toContain('not_converted');
    expect(() => renderTemplateText(text, SCOPE, 'x.hbs')).toThrow(reason.includes('{%') ? /not converted/ : /not converted from Jinja/);
  });

  test('a value that doubles with each line is refused, not computed', () => {
    const lines = Array.from({ length: 60 }, () => '{% set x = x ~ x %}').join('\n');
    const { left } = convertTemplate(`{% set x = 'a' ~ b %}\n${lines}\n{{ x }}`, emptyTranslation());
    expect(left[0]?.reason).toBe('{% set %} of a value that grows with each use');
  });
});

test('a branch that no host can reach is left out', () => {
  const text = "{% if ansible_system == 'Linux' %}a{% else %}b{% endif %}{% if ansible_system == 'Darwin' %}c\n{% elif x %}d{% endif %}";
  expect(convertTemplate(text, emptyTranslation()).text).toBe('a{{#if x}}d{{/if}}');
});

test('a macro has only the branches that a call can reach', () => {
  const macro =
    '{% macro m(x, indent=false) %}{% if indent %}  {% endif %}{% if x is sameas true %}yes{% elif x is string %}{{ x }}{% endif %};{% endmacro %}\n';
  const { text } = convertTemplate(`${macro}{{ m('a') }}{{ m(true, true) }}{{ m(b) }}`, emptyTranslation());
  expect(text).toBe('a;  yes;{{#if (eq b true)}}yes{{else if (eq (type_of b) "text")}}{{ b }}{{/if}};');
});

describe('large templates', () => {
  test('take time that grows with their size', () => {
    const source = `${'a'.repeat(400)}{% if on %}b{% endif %}\n\n`.repeat(3000);
    expect(convertTemplate(source, emptyTranslation()).text.length).toBeGreaterThan(3000 * 400);
  }, 30_000);

  test('macros that multiply are refused', () => {
    const macros = Array.from({ length: 20 }, (_, i) => `{% macro m${i + 1}() %}{{ m${i}() }}{{ m${i}() }}{% endmacro %}`).join('');
    expect(() => convertTemplate(`{% macro m0() %}a{% endmacro %}${macros}{{ m20() }}`, emptyTranslation())).toThrow(/written out/);
  });
});

test('a line of thousands of tags takes time that grows with their number alone', () => {
  const source = `${'{% raw %}'.repeat(5000)}{{ name }}${'{% endraw %}'.repeat(5000)}\n`;
  const { left } = convertTemplate(source, emptyTranslation());
  expect(left).toHaveLength(4999);
});

/** Templates of a project by the name that Jinja gives them. */
const withTemplates = (texts: Readonly<Record<string, string>>): FindTemplate => {
  const find: FindTemplate = (name) =>
    Object.hasOwn(texts, name) ? { text: texts[name] ?? '', path: name.replace('.j2', '.hbs'), find } : undefined;
  return find;
};

describe('macros of other templates', () => {
  const find = withTemplates({
    'm.j2': '{% from "n.j2" import inner %}{% set mark = ":" %}{% macro line(a, b="x") %}{{ a }}{{ mark }}{{ inner(b) }}\n{% endmacro %}',
    'n.j2': '{% macro inner(v) %}<{{ v }}>{% endmacro %}',
    'circle.j2': '{% from "circle.j2" import a %}{% macro a() %}{% endmacro %}',
  });
  test.each([
    ['from', '{% from "m.j2" import line %}\n{{ line(port) }}\n', '80:<x>\n\n'],
    ['from, with another name', '{% from "m.j2" import line as l, mark with context %}\n{{ l(1, b=name) }}{{ mark }}\n', '1:<web>\n:\n'],
    ['import', '{% import "m.j2" as m %}\n{% for h in hosts %}{{ m.line(h.name) }}{% endfor %}\n', 'a:<x>\nb:<x>\n\n'],
  ])('%s', (_, jinja, output) => {
    const { text, left } = convertTemplate(jinja, { ...emptyTranslation(), find });
    expect(left).toEqual([]);
    expect(renderTemplateText(text, SCOPE, 'x.hbs').replace(/\n+$/, '\n')).toBe(output.replace(/\n+$/, '\n'));
  });

  test.each([
    ['{% from "m.j2" import nothing %}', 'm.j2 defines no nothing'],
    ['{% from "circle.j2" import a %}', 'templates that import each other more than 20 levels deep'],
    ['{% from name import a %}', '{% from %} of a computed name'],
    ['{% import "m.j2" as m %}{{ m.mark }}', 'the macro m in an expression: write its text there'],
  ])('%s: %s', (jinja, reason) => {
    expect(convertTemplate(jinja, { ...emptyTranslation(), find }).left.map((each) => each.reason)).toContain(reason);
  });
});

test('a large macro that is called often is a part of the template, with its values', () => {
  const macro = `{% macro option(key, value, indent=false) %}\n{% if value is defined and value is not none %}\n${'{% if value is sameas true %}{{ key }} yes{% elif value is sameas false %}{{ key }} no{% else %}{{ key }} {{ value }}{% endif %}\n'.repeat(3)}{% endif %}\n{% endmacro %}\n`;
  const calls = Array.from({ length: 30 }, (_, i) => `{{ option("k${i}", ${['port', 'on', 'nowhere', 'limits.none'][i % 4]}) -}}\n`).join(
    '',
  );
  const { text, left } = convertTemplate(`${macro}${calls}end\n`, emptyTranslation());
  expect(left).toEqual([]);
  expect(text).toContain('{{#*inline "option"}}');
  expect(text.length).toBeLessThan(4000);
  const lines = Array.from({ length: 30 }, (_, i) => [`k${i} 80`, `k${i} yes`, '', ''][i % 4]).filter((line) => line !== '');
  expect(renderTemplateText(text, SCOPE, 'x.hbs')).toBe(`${lines.flatMap((line) => [line, line, line]).join('')}end\n`);
});

test('a macro that uses what the template sets is written out', () => {
  const macro = `{% macro m(a) %}${'{{ a }}{{ set_here }} '.repeat(10)}{% endmacro %}`;
  const { text } = convertTemplate(`{% set set_here = name %}${macro}${'{{ m(1) }}\n'.repeat(30)}`, emptyTranslation());
  expect(text).not.toContain('inline');
  expect(renderTemplateText(text, SCOPE, 'x.hbs')).toBe(`${'1web '.repeat(10)}\n`.repeat(30));
});

test('an included template gets the names of loops and of set that it uses', () => {
  const find = withTemplates({ 'part.j2': '{{ h.name }}-{{ mark }}\n', 'plain.j2': '{{ name }}\n' });
  const source =
    '{% set mark = "!" %}{% for h in hosts %}\n{% include "part.j2" %}\n{% include "plain.j2" %}\n{% endfor %}\n{% include "plain.j2" %}\n';
  const { text } = convertTemplate(source, { ...emptyTranslation(), find });
  expect(text.match(/\{\{>.*?\}\}/g)).toEqual(['{{> part.hbs mark="!" h=h}}', '{{> plain.hbs h=h}}', '{{> plain.hbs }}']);
});

test('a field of a mapping that the template makes is written as its value alone', () => {
  const jinja = "{% set d = {'a': name} %}{% set _ = d.update({'b': 1}) %}{{ d.a }}";
  expect(convertTemplate(jinja, emptyTranslation()).text).toBe('{{ name }}');
});
