import { isScalar, Scalar, type YAMLMap, YAMLSeq } from 'yaml';
import { ownValue } from '../../../core/own-value.ts';
import { rejectConversion } from '../../not-convertible.ts';
import { addPair, findPair, textOf } from '../../yaml-nodes.ts';

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
  const follows = word === 'safe' ? isRead : ownValue(FOLLOWED, word);
  if (follows === undefined) return;
  if (pair !== undefined) pair.value = new Scalar(follows);
  else if (follows) addPair(args, 'follow_redirects', new Scalar(true));
}

/** Another form is left. */
function convertBody(args: YAMLMap): undefined {
  const word = textOf(findPair(args, 'body_format')?.value);
  if (word !== undefined && !['raw', 'json', 'form-urlencoded', 'form-multipart'].includes(word))
    rejectConversion(`uri with body_format: ${word}`);
}
