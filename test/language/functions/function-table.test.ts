import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SwarmError } from '../../../src/core/error/swarm-error.ts';
import type { Json, Vars } from '../../../src/core/json-value.ts';
import { evaluateExpression } from '../../../src/language/expression/evaluate-expression.ts';
import { parseExpression } from '../../../src/language/expression/parse-expression.ts';
import { FUNCTION_GROUPS, FUNCTIONS } from '../../../src/language/functions/function-table.ts';
import { formatExample } from '../../../src/language/functions/functions-page.ts';
import type { LanguageFunction } from '../../../src/language/functions/language-function.ts';
import { withAccess } from '../../../src/language/functions/lookup-access.ts';
import { renderTemplates } from '../../../src/language/template/template.ts';

const at = { file: 'p.yml', line: 1, column: 1, length: 1, text: '' };
const scopeWith = (vars: Vars): Vars => withAccess(vars, (kind, [name = '']) => FOUND[`${kind} ${name}`] ?? null);
/** What the examples look up. */
const FOUND: Readonly<Record<string, Json>> = {
  'env LANG': 'C.UTF-8',
  'fileglob conf/*.conf': ['a', 'b'].map((name) => `/my-swarm/files/conf/${name}.conf`),
};
const evaluate = (text: string, vars: Vars = {}): Json => evaluateExpression(parseExpression(text, at), scopeWith(vars));
const render = (text: string, vars: Vars = {}): Json => renderTemplates(text, scopeWith(vars), { at });
const messageOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof SwarmError) return `${thrown.code} ${thrown.message}${thrown.hint === undefined ? '' : `. ${thrown.hint}`}`;
    throw thrown;
  }
  return 'no error';
};

const all = [...FUNCTIONS.values()];

describe.each(FUNCTION_GROUPS)('%s', (_, functions) => {
  test.each(functions.map((each) => [formatExample(each), each] as const))('%s', (text, each) => {
    const [args, result] = each.example;
    expect(evaluate(text)).toEqual(result);
    if (args.length > 0) expect(evaluate(toMethodCall(each))).toEqual(result);
    expect(render(`{{ ${toHelperCall(each)} }}`, toVars(args))).toEqual(result);
    expect(render(`{{ json (${toHelperCall(each)}) }}`, toVars(args))).toBe(JSON.stringify(result));
  });
});

function toMethodCall({ name, example: [args] }: LanguageFunction): string {
  const [receiver, ...others] = args.map((each) => JSON.stringify(each));
  return name === 'or' ? `or(${[receiver, ...others].join(', ')})` : `(${receiver}).${name}(${others.join(', ')})`;
}

/** Lists and mappings come from variables, everything else is written in the braces. */
const toHelperCall = ({ name, example: [args] }: LanguageFunction): string =>
  [
    name,
    ...args.map((each, i) =>
      typeof each === 'object' || (typeof each === 'string' && /["\\\n]/.test(each)) ? `v${i}` : JSON.stringify(each),
    ),
  ].join(' ');
const toVars = (args: readonly Json[]): Vars => Object.fromEntries(args.map((each, i) => [`v${i}`, each]));

test.each([
  ['format("%5.1f|%-4d|%+d|%x|%%", 2.25, 7, 3, 255)', '  2.3|7   |+3|ff|%'],
  ['round(2.5)', 2],
  ['round(3.5)', 4],
  ['round(0.125, 2)', 0.12],
  ['round(8.345, 2)', 8.35],
  ['round(1250, -2)', 1200],
  ['round(-1.21, 1, "floor")', -1.3],
  ['first("abc") + last("abc")', 'ac'],
  ['ternary({}, 1, 2)', 2],
  ['selectattr([{"a": {}}, {"a": 1}], "a")', [{ a: 1 }]],
  ['basename("/srv/www/")', ''],
  ['dirname("/srv/www/") + dirname("a") + dirname("/a")', '/srv/www/'],
  [String.raw`python(["a'b", "\"'", "\n\\", null])`, String.raw`["a'b", '"\'', '\n\\', None]`],
  ['format("%03d %3s", -5, "ab")', '-05  ab'],
  ['slice("abc", -2)', 'bc'],
  ['slice([1, 2, 3], 1, -1)', [2]],
  ['keep_if([{"a": 1}, {}], "a", "defined")', [{ a: 1 }]],
  ['drop_if(["a1", "b"], ".", "matches", "[0-9]")', ['b']],
  ['apply([1, 2], "string")', ['1', '2']],
  ['extract([1], ["a", "b"])', ['b']],
  ['urlsplit("//[::1]:9093", "hostname")', '::1'],
  ['urlsplit("a:b@x.org:80/p")["port"]', null],
  ['urlsplit("http://u:p@x.org/p?q#f", "username")', 'u'],
  ['urlsplit("https://x.org/a/b.tar.gz", "path")', '/a/b.tar.gz'],
  ['json(sort_keys([{"b": 1, "a": 2}]))', '[{"a":2,"b":1}]'],
] as const)('%s', (text, result) => {
  expect(evaluate(text)).toEqual(result);
});

test('each function is declared once', () => {
  expect(FUNCTIONS.size).toBe(FUNCTION_GROUPS.flatMap(([, functions]) => functions).length);
});

test('any values are taken, or refused with the name of the function', () => {
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string(), fc.integer({ min: -5, max: 40 })) as fc.Arbitrary<Json>;
  fc.assert(
    fc.property(fc.constantFrom(...all), fc.array(value, { maxLength: 4 }), ({ name, minArgs }, args) => {
      if (args.length < Math.max(1, minArgs)) return;
      const vars = toVars(args);
      const names = Object.keys(vars);
      for (const run of [() => evaluate(`${name}(${names.join(', ')})`, vars), () => render(`{{ ${name} ${names.join(' ')} }}`, vars)])
        expect(messageOf(run)).toMatch(/^no error|^SW6014 |^SW1107 .* is called|^SW1113 helper/);
    }),
    { numRuns: 600 },
  );
});

test.each([
  ['lower([1])', 'SW6014 `lower` takes a text as `text`, not a list'],
  ['"x".lower(1)', 'SW1107 `lower` is called lower(text)'],
  ['split()', 'SW1107 `split` is called split(text, separator?, limit?)'],
  ['matches("a", "(?=a)")', 'Write the pattern without (?=, (?!, (?<= and (?<!: RE2 does not have them.'],
  ['version("1", "=", "2")', 'SW6014 `version` takes one of ==, !=, <, <=, >, >=, not `=`'],
  ['version("1.0rc1", "<", "1.0", "gentoo")', 'SW6014 `version` takes versions of Gentoo, and `1.0rc1` is none'],
  ['ip_in("10.0.0.300", "10.0.0.0/24")', 'SW6014 `ip_in` takes an IP address, not "10.0.0.300"'],
  ['ip_host("10.0.0.0/30", 4)', 'SW6014 `ip_host` takes a number that the network has: it has 4 addresses'],
  ['from_json("{")', 'SW6014 `from_json` takes JSON: '],
  ['from_yaml("a: [")', 'SW6014 `from_yaml` takes YAML: line 1: '],
  ['bool("maybe")', 'SW6014 `bool` takes true, false, yes, no, on, off, 1 or 0, not "maybe"'],
  ['bool("constructor")', 'SW6014 `bool` takes true, false, yes, no, on, off, 1 or 0, not "constructor"'],
  ['range(0, 100000000)', 'SW6014 `range` would make 100000000 entries, more than 1000000'],
  [
    'lookup("url", "https://a.example")',
    'SW6014 `lookup` knows file, env, cmd, pass, template, not url. Fetch it in a task: command: [curl, -fsS, URL], with register: and delegate_to: localhost.',
  ],
  ['apply([1], "none")', 'SW6014 `apply` knows no function `none`'],
  ['apply(["a"], "replace", "b")', 'SW6014 `apply` gives `replace` 2 values, which takes 3'],
  ['keep_if([{"a": 1}], "b", "eq", 1)', 'SW6014 `keep_if` found an entry without the field `b`'],
  ['extract(["a"], {"b": 1})', 'SW6014 `extract` found nothing for "a"'],
  ['format("%q", 1)', 'SW6014 `format` knows %s %d %f %x %o and %%, not %q'],
  ['format("%d", "a")', 'SW6014 `format` takes a number for %d'],
  ['format("%s")', 'SW6014 `format` needs a value for %s'],
  ['format("a", 1)', 'SW6014 `format` has 1 values for 0'],
  ['slice(1, 0)', 'SW6014 `slice` takes a text or a list, not a number'],
  ['urlsplit("http://a", "host")', 'SW6014 `urlsplit` knows the parts scheme, netloc, hostname'],
  ['lookup("varnames", "^x")', 'Write: select(keys(vars), "^app_")'],
  ['lookup("fileglob", "*")', 'Write: fileglob("conf/*")'],
  ['lookup("pipe", "id")', 'Write: lookup("cmd", "git", "rev-parse", "HEAD")'],
])('%s: %s', (text, message) => {
  expect(messageOf(() => evaluate(text))).toContain(message);
});

test.each([
  ['1.9', '<', '1.10'],
  ['1.0', '==', '1'],
  ['1.0-rc1', '<', '1.0'],
  ['1.0beta2', '<', '1.0rc1'],
  ['v2.0', '>', '1.99'],
  ['1.0.1', '>', '1.0'],
  ['5.3p1', '>', '5.3'],
  ['1.2.3+build5', '==', '1.2.3'],
])('version: %s %s %s', (one, operator, other) => {
  expect(evaluate('version(a, o, b)', { a: one, o: operator, b: other })).toBe(true);
});

test.each([
  ['1.2_rc1', '<', '1.2'],
  ['1.2-r1', '>', '1.2'],
  ['1.2_p1', '>', '1.2'],
])("version by Gentoo's rules: %s %s %s", (one, operator, other) => {
  expect(evaluate('version(a, o, b, "gentoo")', { a: one, o: operator, b: other })).toBe(true);
});

test('a pattern that takes for ever elsewhere is matched in the time of its text', () => {
  const before = performance.now();
  expect(evaluate('s.matches("^(a+)+$")', { s: `${'a'.repeat(20_000)}!` })).toBe(false);
  expect(performance.now() - before).toBeLessThan(2000);
});

test('JSON that no task could work on is refused where it is read', () => {
  expect(() => evaluate('from_json(s)', { s: `${'['.repeat(1500)}${']'.repeat(1500)}` })).toThrow('nested deeper than 100 levels');
});

test('a large number of JSON keeps its digits', () => {
  expect(evaluate(`from_json('{"a": 12345678901234567890, "b": "12345678901234567890 x", "c": 7}')`)).toEqual({
    a: '12345678901234567890',
    b: '12345678901234567890 x',
    c: 7,
  });
});

test('the name of a function is a variable where it has no values', () => {
  expect(render('{{ version }} {{ lower version }}', { version: 'V1' })).toBe('V1 v1');
});

test('networks: an address is in the network of its own, which ends before the next one', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 0, max: 32 }), (address, bits) => {
      const cidr = `${address}/${bits}`;
      expect(evaluate('ip_in(a, n) && ip_in(a, ip_network(n)) && ip_in(ip_broadcast(n), n)', { a: address, n: cidr })).toBe(true);
      expect(evaluate('ip_host(n, 0) + "/" + string(ip_prefix(n)) == ip_network(n)', { n: cidr })).toBe(true);
    }),
  );
});

test('JSON, YAML, base64 and pairs come back as they were', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      const plain = JSON.parse(JSON.stringify(value)) as Json;
      expect(evaluate('from_json(json(v))', { v: plain })).toEqual(plain);
      expect(evaluate('b64decode(b64encode(json(v)))', { v: plain })).toBe(JSON.stringify(plain));
    }),
  );
  fc.assert(
    fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.oneof(fc.string(), fc.boolean(), fc.integer())), (mapping) => {
      const plain = JSON.parse(JSON.stringify(mapping)) as Json;
      expect(evaluate('items2dict(dict2items(m))', { m: plain })).toEqual(plain);
      expect(evaluate('from_yaml(yaml(m))', { m: plain })).toEqual(plain);
      expect(evaluate('from_yaml(yaml(m))', { m: plain })).toEqual(plain);
    }),
  );
});

test.each([
  ['ab', 'a', '$1$&', '$1$&b'],
  ['ab', '(a)(x)?', '[\\1\\2\\3\\4]', '[a]b'],
  ['a', 'a', '\\\\1', '\\1'],
])('regex_replace %s %s %s', (text, pattern, replacement, result) => {
  expect(evaluate('regex_replace(t, p, r)', { t: text, p: pattern, r: replacement })).toBe(result);
});

test('nothing is looked up where no playbook runs', () => {
  const without = (text: string) => messageOf(() => evaluateExpression(parseExpression(text, at), {}));
  expect(without('lookup("cmd", "id")')).toBe('SW6014 `lookup` is known only while a playbook runs');
  expect(messageOf(() => renderTemplates('{{ lookup "file" "/etc/passwd" }}', {}, { at }))).toContain('only while a playbook runs');
});
