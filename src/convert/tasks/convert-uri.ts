import { isMap, isScalar, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { rejectConversion } from '../not-convertible.ts';
import { addPair, findPair, keyOf, removePair, textOf } from '../yaml-nodes.ts';

/** Converts the arguments of `uri` that mean something else in Ansible: `status_code`, `follow_redirects` and `body_format`. */
export function convertUri(args: YAMLMap): undefined {
  convertStatus(args);
  convertRedirects(args);
  convertBody(args);
}

/** `status_code: 200,403` is a list. */
function convertStatus(args: YAMLMap): undefined {
  const pair = findPair(args, 'status_code');
  const text = textOf(pair?.value);
  if (pair === undefined || text === undefined || !/^\s*\d+(?:\s*,\s*\d+)*\s*$/.test(text)) return;
  const list = new YAMLSeq();
  list.flow = true;
  list.items = text.split(',').map((each) => new Scalar(Number(each)));
  pair.value = list;
}

/** What `follow_redirects` of Ansible means, apart from `safe`. */
const FOLLOWED: Readonly<Record<string, boolean>> = {
  all: true,
  yes: true,
  true: true,
  none: false,
  no: false,
  false: false,
  urllib2: true,
};

/** Ansible follows the redirects of a GET and a HEAD where nothing is said. */
function convertRedirects(args: YAMLMap): undefined {
  const pair = findPair(args, 'follow_redirects');
  const word = pair === undefined ? 'safe' : isScalar(pair.value) ? String(pair.value.value).toLowerCase() : '';
  const isRead = /^(?:GET|HEAD)$/i.test(textOf(findPair(args, 'method')?.value) ?? 'GET');
  const follows = word === 'safe' ? isRead : FOLLOWED[word];
  if (follows === undefined) return;
  if (pair !== undefined) pair.value = new Scalar(follows);
  else if (follows) addPair(args, 'follow_redirects', new Scalar(true));
}

/** Data is sent as JSON; a text with `body_format: json` is JSON already, and needs the header. */
function convertBody(args: YAMLMap): undefined {
  const format = findPair(args, 'body_format');
  if (format === undefined) return;
  const word = textOf(format.value) ?? '';
  if (word !== 'raw' && word !== 'json') rejectConversion(`uri with body_format: ${word}`);
  removePair(args, format);
  const body = findPair(args, 'body');
  if (word === 'raw' || body === undefined || !isScalar(body.value)) return;
  const headers = findPair(args, 'headers')?.value;
  if (headers === undefined) {
    const map = new YAMLMap();
    map.flow = true;
    map.items = [typeHeader()];
    addPair(args, 'headers', map);
  } else if (!isMap(headers)) rejectConversion('uri with body_format: json and computed headers');
  else if (!headers.items.some((each) => keyOf(each).toLowerCase() === 'content-type')) headers.items.push(typeHeader());
}

const typeHeader = (): Pair => new Pair(new Scalar('Content-Type'), new Scalar('application/json'));
