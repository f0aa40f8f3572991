import { type ConversionReport, reportLeft } from '../conversion-report.ts';
import { NotConvertible, NotYaml } from '../not-convertible.ts';
import { type AnsibleDocument, readAnsibleYaml } from '../read-ansible-yaml.ts';
import { decodeText } from './ansible-files.ts';
import type { PlacedFile } from './placed-file.ts';

/** A file of Ansible with its text, where it has one, and its YAML, where it is of a kind that has some. */
export interface ParsedFile extends PlacedFile {
  readonly yaml?: AnsibleDocument;
  readonly text?: string;
  /** Why it is not converted as a whole. */
  readonly notConverted?: string;
}

const YAML_KINDS = new Set(['playbook', 'tasks', 'handlers', 'vars', 'meta']);

/** Reads a file. What is not YAML is reported, and `notConverted`. */
export function parseAnsibleFile(placed: PlacedFile, report: ConversionReport): ParsedFile {
  const { file, kind } = placed;
  const text = decodeText(file.bytes);
  if (!YAML_KINDS.has(kind) || text === undefined) return { ...placed, ...(text === undefined ? {} : { text }) };
  try {
    if (text.startsWith('$ANSIBLE_VAULT') || text.replace(/^(?:\s*#.*|---)?$/gm, '').trim() === '') return { ...placed, text };
    const yaml = readAnsibleYaml(text);
    return { ...placed, text: yaml.text, yaml };
  } catch (thrown) {
    if (!(thrown instanceof NotConvertible)) throw thrown;
    const line = thrown instanceof NotYaml ? thrown.line : 1;
    reportLeft(report, { file: file.path, line, text: '', reason: thrown.message });
    return { ...placed, text, notConverted: thrown.message };
  }
}
