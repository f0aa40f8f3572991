import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import type { Json } from '../../core/json-value.ts';
import { parseForeignJson } from '../../core/output/foreign-json.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { declareFunction, FunctionFault } from './language-function.ts';

const HASHES = ['sha256', 'sha1', 'md5', 'sha512'];

/** JSON without silent changes: a whole number with more digits than a number holds becomes a text. */
function parseJson(text: string): Json {
  const exact = text.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) =>
    /^-?\d+$/.test(token) && !isExact(token) ? `"${token}"` : token,
  );
  try {
    return parseForeignJson(exact);
  } catch (thrown) {
    throw new FunctionFault(`takes JSON: ${(thrown as Error).message}`);
  }
}

/** Whether a number that is read is written with the same digits. */
const isExact = (digits: string): boolean => String(Number(digits)) === digits.replace(/^-0$/, '0');

function parseYaml(text: string): Json {
  const { source, problems } = readYaml(text, 'from_yaml', true);
  const [first] = problems;
  if (first === undefined) return source.value as Json;
  throw new FunctionFault(`takes YAML: line ${first.at?.line ?? 1}: ${first.message}`);
}

function decodeBase64(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64').replace(/=+$/, '') !== text.replaceAll(/\s/g, '').replace(/=+$/, ''))
    throw new FunctionFault('takes a text of base64');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new FunctionFault('found bytes that are not text');
  }
}

const ANSIBLE_NAMESPACE = '361e6d51-faec-444a-9079-341386da8e2e';

/** RFC 9562, version 5: the SHA-1 of both, with bits for the version and the variant. */
function nameUuid(text: string, namespace: string): string {
  const digits = namespace.replaceAll('-', '');
  if (!/^[\da-f]{32}$/i.test(digits)) throw new FunctionFault(`takes a UUID as namespace, not ${namespace}`);
  const bytes = createHash('sha1').update(Buffer.from(digits, 'hex')).update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** A value as Python prints it. A text stays as it is; inside a list or a mapping it is in quotes. */
function toPython(value: Json, isInside = false): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return isInside ? quotePython(value) : value;
  if (Array.isArray(value)) return `[${value.map((each: Json) => toPython(each, true)).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, each]) => `${quotePython(key)}: ${toPython(each, true)}`)
    .join(', ')}}`;
}

const PYTHON_ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** Python takes the quotes that the text does not have. */
function quotePython(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\p{Cc}']/gu, (char) => {
    if (char === "'") return quote === "'" ? "\\'" : char;
    return PYTHON_ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `${quote}${escaped}${quote}`;
}

/** Functions that write and read formats. */
export const encodingFunctions = [
  declareFunction('json', {
    params: { value: 'any', indent: 'int?' },
    does: 'the value as JSON; with `indent` on several lines',
    example: [[{ a: [1, true] }], '{"a":[1,true]}'],
    call: ({ value, indent = 0 }) => JSON.stringify(value, null, indent),
  }),
  declareFunction('python', {
    params: { value: 'any' },
    does: 'the value as Python and Ansible print it: `True`, `None`, a list or a mapping with spaces and single quotes; a text as it is',
    example: [[{ a: [1, true, "it's"] }], "{'a': [1, True, \"it's\"]}"],
    call: ({ value }) => toPython(value),
  }),
  declareFunction('from_json', {
    params: { text: 'text' },
    does: 'the value of a JSON text; a whole number that is too large for a number becomes a text',
    example: [['{"a":[1,true]}'], { a: [1, true] }],
    call: ({ text }) => parseJson(text),
  }),
  declareFunction('yaml', {
    params: { value: 'any' },
    does: 'the value as YAML',
    example: [[{ a: ['b', 'no'] }], 'a:\n  - b\n  - "no"\n'],
    call: ({ value }) => stringify(value, { compat: 'yaml-1.1', lineWidth: 0 }),
  }),
  declareFunction('from_yaml', {
    params: { text: 'text' },
    does: 'the value of a YAML text',
    example: [['a: [1, b]'], { a: [1, 'b'] }],
    call: ({ text }) => parseYaml(text),
  }),
  declareFunction('b64encode', {
    params: { text: 'text' },
    does: 'the text in base64',
    example: [['swarm'], 'c3dhcm0='],
    call: ({ text }) => Buffer.from(text).toString('base64'),
  }),
  declareFunction('b64decode', {
    params: { text: 'text' },
    does: 'the text of base64',
    example: [['c3dhcm0='], 'swarm'],
    call: ({ text }) => decodeBase64(text),
  }),
  declareFunction('urlencode', {
    params: { text: 'text' },
    does: 'the text as a part of a URL',
    example: [['a b&c'], 'a%20b%26c'],
    call: ({ text }) => encodeURIComponent(text),
  }),
  declareFunction('urldecode', {
    params: { text: 'text' },
    does: 'the text of a part of a URL',
    example: [['a%20b'], 'a b'],
    call({ text }) {
      try {
        return decodeURIComponent(text);
      } catch {
        throw new FunctionFault('takes a part of a URL');
      }
    },
  }),
  declareFunction('hash', {
    params: { text: 'text', algorithm: 'text?' },
    does: 'the SHA-256 of a text in hexadecimal digits, or its `sha1`, `md5` or `sha512`',
    example: [['swarm', 'md5'], '6b3d43184271885b9fb260c59821d5e8'],
    call({ text, algorithm = 'sha256' }) {
      if (!HASHES.includes(algorithm)) throw new FunctionFault(`knows ${HASHES.join(', ')}, not ${algorithm}`);
      return createHash(algorithm).update(text).digest('hex');
    },
  }),
  declareFunction('to_uuid', {
    params: { text: 'text', namespace: 'text?' },
    does: 'the UUID that belongs to a text: always the same one, of version 5; without `namespace` the one that Ansible gives',
    example: [['swarm'], 'a1555a5a-34ce-558b-921d-1f9c10a7882c'],
    call: ({ text, namespace = ANSIBLE_NAMESPACE }) => nameUuid(text, namespace),
  }),
];
