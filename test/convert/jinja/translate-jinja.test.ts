import { describe, expect, test } from 'vitest';
import { printCel } from '../../../src/convert/jinja/print/print-cel.ts';
import { translateCondition, translateExpression } from '../../../src/convert/jinja/translate-jinja.ts';
import { emptyTranslation, type Translation } from '../../../src/convert/jinja/translation.ts';
import { NotConvertible } from '../../../src/convert/not-convertible.ts';
import { convertText } from '../../../src/convert/template/convert-text.ts';
import type { Json, Vars } from '../../../src/core/json-value.ts';
import { evaluateExpression } from '../../../src/language/expression/evaluate-expression.ts';
import { parseExpression } from '../../../src/language/expression/parse-expression.ts';
import { renderTemplates } from '../../../src/language/template/template.ts';

const at = { file: 'p.yml', line: 1, column: 1, length: 1, text: '' };
const translation = (): Translation => ({
  ...emptyTranslation(),
  types: new Map([
    ['names', 'list'],
    ['text', 'text'],
    ['flag', 'bool'],
    ['map', 'mapping'],
  ]),
  registered: new Set(['done']),
});
const SCOPE: Vars = {
  a: 3,
  b: 4,
  text: 'Web01.example.org',
  empty: '',
  flag: true,
  off: false,
  names: ['b', 'a', 'b'],
  users: [
    { name: 'ann', uid: 1, state: 'present' },
    { name: 'bob', uid: 2, state: 'absent' },
  ],
  map: { one: 1, 'two-x': 2, deep: { key: 'v' } },
  done: { failed: false, changed: true, rc: 0, stdout: 'ready to go', stdout_lines: ['ready to go'] },
};

/** Jinja, the expression of swarm, and the value that Jinja 3.1 computes with these variables. */
const VALUES: readonly (readonly [jinja: string, cel: string, value: Json])[] = [
  ['a + b * 2', 'a + b * 2', 11],
  ["'10.0.0.7/24' | ipaddr('address')", 'ipaddr("10.0.0.7/24", "address")', '10.0.0.7'],
  ["'10.0.0.7/24' | ansible.utils.ipaddr(query='prefix')", 'ipaddr("10.0.0.7/24", "prefix")', 24],
  ["'10.0.0.0/24' | ipaddr(5) | ipaddr('address')", 'ipaddr(ipaddr("10.0.0.0/24", 5), "address")', '10.0.0.5'],
  ["'10.0.0.7' | ipaddr(text ~ '/8')", 'ipaddr("10.0.0.7", text + "/8")', null],
  ["'fd00::1' | ansible.netcommon.ipwrap", 'ipwrap("fd00::1")', '[fd00::1]'],
  ["['10.0.0.7', 'fd00::1', 'web1'] | ipv6 | first", 'first(ipaddr(["10.0.0.7", "fd00::1", "web1"], "", 6))', 'fd00::1'],
  ["['10.0.0.7/8'] | map('ipaddr', 'netmask') | list", '["10.0.0.7/8"].map(each, ipaddr(each, "netmask"))', ['255.0.0.0']],
  ["'10.0.0.0/24' | nthhost(5)", 'ip_host("10.0.0.0/24", 5)', '10.0.0.5'],
  ["'10.0.0.0/24' | ansible.utils.ipsubnet('26', a)", 'ipsubnet("10.0.0.0/24", 26, int(a))', '10.0.0.192/26'],
  ["'10.0.0.0' | ipmath(-1)", 'ip_next("10.0.0.0", -1)', '9.255.255.255'],
  // what is not found is false in Ansible, which is defined
  ["text | ipaddr | default('x')", 'ipaddr(text)', null],
  ["text | ipaddr | default('x', true)", 'default(ipaddr(text), "x", true)', 'x'],
  ['text | to_uuid', 'to_uuid(text)', '53954924-0354-5cfc-9a80-23359d40d495'],
  ['900000 | to_uuid | upper', 'upper(to_uuid(string(900000)))', 'EEEE8C35-B2F8-581C-AB5C-764DD0551C1E'],
  ["text | regex_search('Web([0-9]+)', '\\\\1') | first", 'regex_search(text, "Web([0-9]+)")', '01'],
  ["(text | regex_search('Web([0-9]+)', '\\\\1'))[0]", 'regex_search(text, "Web([0-9]+)")', '01'],
  ['(a + b) * 2', '(a + b) * 2', 14],
  ["vars[text ~ '_port'] | default(80)", 'default(vars[text + "_port"], 80)', null],
  ["lookup('vars', text ~ '_port', default=80)", 'default(vars[text + "_port"], 80)', null],
  ["query('varnames', '^app_.+')", 'select(keys(vars), "^app_.+")', null],
  ["lookup('varnames', '^a_', '^b_')", 'join(flatten([select(keys(vars), "^a_"), select(keys(vars), "^b_")]), ",")', null],
  ['text in vars', 'text in vars', null],
  ['(5 / 2) | round', 'round(5 / 2)', 2],
  ["2.41 | round(1, 'ceil')", 'round(2.41, 1, "ceil")', 2.5],
  ['text | first', 'first(text)', 'W'],
  ["'site.conf' | dirname", 'dirname("site.conf")', ''],
  ["'/srv/www/' | basename", 'basename("/srv/www/")', ''],
  ["'x' ~ flag", '"x" + (flag ? "True" : "False")', 'xTrue'],
  ["flag | replace('T', 't')", 'replace(flag ? "True" : "False", "T", "t")', 'true'],
  ['flag is number', 'type_of(flag) == "number" || type_of(flag) == "bool"', true],
  ['a / b', 'double(a) / b', 0.75],
  ['b // a', 'int(b / a)', 1],
  ['b % a', 'b % a', 1],
  ['a - b - 1', 'a - b - 1', -2],
  ['a - (b - 1)', 'a - (b - 1)', 0],
  ['-a', '-a', -3],
  ['a == 3 and b > 3', 'a == 3 && b > 3', true],
  ['a != 3 or b <= 3', 'a != 3 || b <= 3', false],
  ['not flag', '!flag', false],
  ["text ~ '/' ~ a", 'text + "/" + string(a)', 'Web01.example.org/3'],
  ["missing | default('x')", 'default(missing, "x")', 'x'],
  ["map.none | default('x')", 'default(map.none, "x")', 'x'],
  ["empty | default('x', true)", 'default(empty, "x", true)', 'x'],
  ["text | default('x', true)", 'default(text, "x", true)', 'Web01.example.org'],
  ['off | default(a, true)', 'default(off, a, true)', 3],
  ['missing | default(names, boolean=True)', 'default(missing, names, true)', ['b', 'a', 'b']],
  [
    "missing | default('', true) | default({'k': {}}.k, true) | default('x', true)",
    'default(default(default(missing, ""), {}, true), "x", true)',
    'x',
  ],
  ["flag and 'a' or 'b'", 'flag ? "a" : "b"', 'a'],
  ["text and {'x': 1} or {}", 'text != "" ? {"x": 1} : {}', { x: 1 }],
  ["'a' if flag else 'b'", 'flag ? "a" : "b"', 'a'],
  ["text ~ '/' ~ 'x' ~ '/y'", 'text + "/x/y"', 'Web01.example.org/x/y'],
  ["'a' ~ 'b' ~ text", '"ab" + text', 'abWeb01.example.org'],
  ["'x' if ansible_system == 'Linux' else 'y'", '"x"', 'x'],
  ["'x' if ansible_facts.python.version.major | string is version('3', '<') else 'y'", '"y"', 'y'],
  ['map.one | default(map.one)', 'map.one', 1],
  ['names | length', 'size(names)', 3],
  ['names | unique | list', 'unique(names)', ['b', 'a']],
  ['names | first', 'first(names)', 'b'],
  ["names | join(',')", 'join(names, ",")', 'b,a,b'],
  ['names | join', 'join(names, "")', 'bab'],
  ['names[0]', 'names[0]', 'b'],
  ['names[-1]', 'names[size(names) - 1]', 'b'],
  ["users | map(attribute='name') | list", 'map(users, "name")', ['ann', 'bob']],
  [
    "users | selectattr('state', 'equalto', 'present') | map(attribute='uid') | list",
    'map(selectattr(users, "state", "present"), "uid")',
    [1],
  ],
  [
    "users | rejectattr('state', 'equalto', 'present') | map(attribute='name') | list",
    'map(rejectattr(users, "state", "present"), "name")',
    ['bob'],
  ],
  ["users | sum(attribute='uid')", 'sum(map(users, "uid"))', 3],
  ["names | map('upper') | list", 'names.map(each, upper(each))', ['B', 'A', 'B']],
  ["names | select('equalto', 'a') | list", 'names.filter(each, each == "a")', ['a']],
  ["users | selectattr('uid', 'gt', 1) | map(attribute='name') | list", 'map(users.filter(each, each.uid > 1), "name")', ['bob']],
  ["'a' in names", '"a" in names', true],
  ["'x' not in names", '!("x" in names)', true],
  ["'example' in text", 'contains(text, "example")', true],
  ['a in [1, 2, 3]', 'a in [1, 2, 3]', true],
  ["map['two-x']", 'map["two-x"]', 2],
  ['map.deep.key', 'map.deep.key', 'v'],
  ['map.get("one", 5)', 'default(map.one, 5)', 1],
  ['map.get("six", 5)', 'default(map.six, 5)', 5],
  ["text.split('.')[0]", 'split(text, ".")[0]', 'Web01'],
  ["text.startswith('Web')", 'startsWith(text, "Web")', true],
  ["text.endswith('.org')", 'endsWith(text, ".org")', true],
  ["text.replace('.org', '')", 'replace(text, ".org", "")', 'Web01.example'],
  ['text | lower', 'lower(text)', 'web01.example.org'],
  ["' x ' | trim", 'trim(" x ")', 'x'],
  ["'yes' if flag else 'no'", 'flag ? "yes" : "no"', 'yes'],
  ["missing if missing is defined else 'none'", 'default(missing, "none")', 'none'],
  ['empty or text', 'empty ? empty : text', null],
  ['off and a', 'off ? a : off', false],
  ["'%s-%s' | format(a, text)", 'string(a) + "-" + text', '3-Web01.example.org'],
  ["'%s:%d' % (text, a)", 'text + ":" + string(a)', 'Web01.example.org:3'],
  ["'{}-{}'.format(a, b)", 'string(a) + "-" + string(b)', '3-4'],
  ['[a, b]', '[a, b]', [3, 4]],
  ["{'x': a}", '{"x": a}', { x: 3 }],
  ['range(1, 4) | list', 'range(1, 4)', [1, 2, 3]],
  ['range(3) | list', 'range(0, 3)', [0, 1, 2]],
  ['a is even', 'a % 2 == 0', false],
  ['b is divisibleby 2', 'b % 2 == 0', true],
  ["'3' | int + 1", 'int("3") + 1', 4],
  ['text | string | length', 'size(text)', 17],
  ['vars.text | length', 'size(text)', 17],
  ["vars['text'] | length", 'size(text)', 17],
  ['done.rc == 0', 'done.rc == 0', true],
  // Ansible gives the whole match also of a pattern with groups
  ["text | regex_search('W(e)b(?P<n>[(0-9]+)')", 'regex_search(text, "W(?:e)b(?:[(0-9]+)")', 'Web01'],
  ["text | regex_search('(W)' + ('e' | regex_escape))", 'regex_search(text, "(?:W)" + regex_escape("e"))', 'We'],
  ["text | regex_search('w\\\\(?e(b)', ignorecase=True)", 'regex_search(text, r"(?i)w\\(?e(?:b)")', 'Web'],
];

/** What only Ansible has. */
const CONDITIONS: readonly (readonly [jinja: string, cel: string, value: boolean])[] = [
  ['text | ipaddr', 'default(ipaddr(text), "", true) != ""', false],
  ["names | ipaddr('10.0.0.0/8')", 'size(ipaddr(names, "10.0.0.0/8")) > 0', false],
  ["not '10.0.0.7' | ipv4", 'default(ipaddr("10.0.0.7", "", 4), "", true) == ""', false],
  ['text | ipaddr == false', 'default(ipaddr(text), "", true) == ""', true],
  ["off | default('')", 'default(off, "", true) != ""', false],
  ["map.deep | default('')", 'default(map.deep, "", true) != ""', true],
  ["off | default('x')", 'default(default(off, "x"), "", true) != ""', false],
  ["text | default('')", 'default(text, "") != ""', true],
  ['not (not a)', 'default(a, "", true) != ""', true],
  ['users is truthy', 'default(users, "", true) != ""', true],
  ['done is succeeded', '!done.failed', true],
  ['done is failed', 'done.failed', false],
  ['done is unreachable', 'default(done.unreachable, false)', false],
  ['done is reachable', '!default(done.unreachable, false)', true],
  ['done is changed and not done is failed', 'done.changed && !done.failed', true],
  ["done.stdout.find('ready') != -1", 'contains(done.stdout, "ready")', true],
  ["done.stdout is search('to go')", 'matches(done.stdout, "to go")', true],
  ["text is match('Web|Db')", 'matches(text, "^(?:Web|Db)")', true],
  ["'1.10' is version('1.9', '>=')", 'true', true],
  ["text is version('1.9', '>=')", 'version(text, ">=", "1.9")', false],
  ['not text', 'text == ""', false],
  ["ansible_system == 'Linux' and flag", 'flag', true],
  ["ansible_system != 'Linux' or off", 'off', false],
  ["off and ansible_system == 'Linux'", 'off', false],
  ['not ansible_user is defined', 'false', false],
  ['missing is not defined', '!defined(missing)', true],
  ["missing is defined and missing == 'x'", 'defined(missing) && missing == "x"', false],
  ['names', 'size(names) > 0', true],
  ['text', 'text != ""', true],
  ['text | default(false)', 'default(text, "") != ""', true],
  ['names | default(false)', 'size(default(names, [])) > 0', true],
  ['flag | default(false)', 'default(flag, false)', true],
  ['not names', 'size(names) == 0', false],
  ['names | length > 2', 'size(names) > 2', true],
  ['flag | bool', 'flag', true],
  ['off | bool', 'bool(off)', false],
  ['flag == true', 'flag', true],
  ['(flag or off) and (a == 3)', '(flag || off) && a == 3', true],
  ['text is string', 'type_of(text) == "text"', true],
];

const FACTS: readonly (readonly [jinja: string, cel: string])[] = [
  ["ansible_os_family == 'Debian'", 'facts.os_family == "Debian"'],
  ["ansible_facts['os_family'] == 'RedHat'", 'facts.os_family == "RedHat"'],
  ["ansible_default_ipv4.address == 'x'", 'facts.address == "x"'],
  ["ansible_facts['default_ipv4']['address'] == 'x'", 'facts.address == "x"'],
  ["ansible_fqdn == 'x'", 'facts.fqdn == "x"'],
  ["ansible_failed_task.name == 'x'", 'failed_result.task == "x"'],
  ["ansible_distribution in ['RedHat', 'Ubuntu']", 'facts.distribution in ["rhel", "ubuntu"]'],
  ['ansible_local.site.rack > 1', 'facts.local.site.rack > 1'],
  ["ansible_facts['local']['site'].rack > 1", 'facts.local.site.rack > 1'],
  ['ansible_local.site is defined', 'defined(facts.local.site)'],
  ["ansible_distribution == 'Archlinux'", 'facts.distribution == "arch"'],
  ["ansible_selinux.status == 'enabled'", 'facts.selinux != "disabled"'],
  ["ansible_facts['selinux']['status'] != 'enabled'", 'facts.selinux == "disabled"'],
  ["ansible_selinux is defined and ansible_selinux.mode == 'enforcing'", 'facts.selinux == "enforcing"'],
  ["ansible_virtualization_role == 'guest'", 'facts.virtualization != "none"'],
  ['ansible_distribution_major_version | int >= 8', 'int(facts.distribution_major_version) >= 8'],
  ["ansible_pkg_mgr == 'apt'", 'facts.os_family == "Debian"'],
  ["ansible_facts.service_mgr == 'systemd'", 'facts.init == "systemd"'],
  ['inventory_hostname in groups[a]', 'inventory_hostname in groups[a]'],
  ["inventory_hostname in groups['web']", 'inventory_hostname in groups.web'],
  ['ansible_check_mode', 'check_mode'],
  ["query('fileglob', 'conf/*.j2', dir + '/*.conf')", 'size(fileglob("conf/*.hbs", dir + "/*.conf")) > 0'],
  ["lookup('ansible.builtin.fileglob', 'a/*', wantlist=True)", 'size(fileglob("a/*")) > 0'],
  ["query('flattened', one + two)", 'size(flatten([one + two], 9)) > 0'],
  ["q('ansible.builtin.nested', one, two)", 'size(product(one, two)) > 0'],
  ["lookup('pipe', 'echo {{ text | lower }}/a') == 'x'", 'lookup("cmd", "sh", "-c", "echo " + lower(text) + "/a") == "x"'],
  ["lookup('env', '{{ name }}') == 'x'", 'lookup("env", name) == "x"'],
  ["lookup('fileglob', 'a/*')", 'join(fileglob("a/*"), ",") != ""'],
  ["lookup('fileglob', 'a/*', 'b/*')", 'join(fileglob("a/*", "b/*"), ",") != ""'],
  ["hostvars['db1'].port", 'hostvars["db1"].port'],
  ["hostvars[groups['web'][0]]['token'] | default('')", 'default(hostvars[groups.web[0]].token, "", true) != ""'],
  ['hostvars[inventory_hostname].port', 'port'],
  ['hostvars.db1.ansible_facts.hostname', 'hostvars["db1"].facts.hostname != ""'],
  ['inventory_hostname[0]', 'slice(inventory_hostname, 0, 1) != ""'],
  ["ansible_hostname[-1] == '1'", 'slice(facts.hostname, -1) == "1"'],
  ["'abc'[-2] == 'b'", 'slice("abc", -2, -1) == "b"'],
  ['hostvars.db1.ansible_host', 'hostvars["db1"].host.address != ""'],
  ['hostvars[h].ansible_host', 'hostvars[h].host.address != ""'],
  ["hostvars[h]['ansible_facts']['hostname']", 'hostvars[h].facts.hostname != ""'],
  ['hostvars[h].ansible_default_ipv4.address', 'hostvars[h].facts.address != ""'],
  ['hostvars[h].ansible_default_ipv4 is defined', 'defined(hostvars[h].facts.address)'],
  ['ansible_default_ipv4 is not defined', '!defined(facts.address)'],
  ["groups['web'] | map('extract', hostvars, 'ansible_host') | list", 'size(groups.web.map(each, hostvars[each].host.address)) > 0'],
  [
    "groups.web | map('extract', hostvars, ['ansible_facts', 'default_ipv4', 'address'])",
    'size(groups.web.map(each, hostvars[each].facts.address)) > 0',
  ],
];

const REFUSED: readonly (readonly [jinja: string, reason: string])[] = [
  ['x | unknown_filter', 'the filter unknown_filter'],
  ["x | ipaddr('private')", 'the filter ipaddr(private): which addresses are private depends on the version of netaddr'],
  ["x | ipaddr('6to4')", 'the filter ipaddr(6to4)'],
  ["x | ipsubnet('10.0.0.0/8')", 'an address filter with 10.0.0.0/8 in place of a number'],
  ["x | ipaddr('net') == false", 'a filter of addresses compared with false'],
  ['x is file', 'the test `is file`'],
  ["hostvars['other'].ansible_eth0.ipv4.address", 'swarm has no fact for ansible_eth0'],
  ['ansible_default_ipv4.gateway', 'in place of ansible_default_ipv4 swarm has facts.address'],
  ['ansible_default_ipv4.netmask', 'in place of ansible_default_ipv4 swarm has facts.address'],
  ['a ** 2', 'the operator **'],
  ["x | regex_replace('(?=a)', '')", 'a regular expression with (?=, (?! or \\1, which swarm does not have'],
  ['x[::2]', 'a slice with a step'],
  ['text | list', 'a list of the characters of a text'],
  ['x.encode()', 'the method .encode() of Python'],
  ['a b', 'this is not Jinja: unexpected b in a b'],
  ['ansible_pkg_mgr', 'in place of ansible_pkg_mgr swarm has facts.package_manager, in another form'],
  ["ansible_pkg_mgr == 'homebrew'", 'without homebrew'],
  ['x | int(5)', 'the filter int with a value for what is not a number'],
  ['x | int(base=16)', 'the filter int with a base'],
  ['x | float(2)', 'a filter with more values than the function double takes'],
  ['(a', 'this is not Jinja: ) is missing before the end'],
  ["'open", 'this is not Jinja: '],
  [`${'('.repeat(5000)}a`, 'an expression nested deeper than 100 levels'],
  ...['a and ', 'a + ', 'a ~ ', 'a ** ', 'a in ', 'a < ', 'not ', '- ', 'a if b else ', 'a['].map(
    (part) => [`${part.repeat(5000)}a`, 'an expression '] as const,
  ),
  ...['.b', '[0]', ' | lower', ' is defined'].map((part) => [`a${part.repeat(5000)}`, 'an expression nested deeper'] as const),
];

const evaluate = (cel: string): Json => evaluateExpression(parseExpression(cel, at), SCOPE);
const reasonOf = (run: () => unknown): string => {
  try {
    run();
  } catch (thrown) {
    if (thrown instanceof NotConvertible) return thrown.message;
    throw thrown;
  }
  return 'converted';
};

describe('an expression means in swarm what it means in Jinja', () => {
  test.each(VALUES)('%s is %s', (jinja, cel, value) => {
    expect(printCel(translateExpression(jinja, translation()))).toBe(cel);
    if (value !== null) expect(evaluate(cel)).toEqual(value);
  });

  test.each(VALUES.filter(([jinja, , value]) => value !== null && !/map\('|'gt'|select\('/.test(jinja)))(
    'in a template: %s',
    (jinja, _, value) => {
      const text = convertText(`{{ ${jinja} }}`, translation());
      const rendered = typeof text === 'string' ? renderTemplates(text, SCOPE, { at }) : text;
      expect(typeof value === 'string' ? String(rendered) : rendered).toEqual(value);
    },
  );

  test.each(CONDITIONS)('the condition %s is %s', (jinja, cel, value) => {
    expect(printCel(translateCondition(jinja, translation()))).toBe(cel);
    expect(evaluate(cel)).toBe(value);
  });

  test.each(FACTS)('%s is %s', (jinja, cel) => {
    expect(printCel(translateCondition(jinja, translation()))).toBe(cel);
  });
});

test.each(REFUSED)('%s is refused: %s', (jinja, reason) => {
  expect(reasonOf(() => printCel(translateExpression(jinja, translation())))).toContain(reason);
});
