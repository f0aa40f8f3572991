/** Tags of Ansible, which never mean `not`. */
const ANSIBLE_TAGS = /^!(?:vault|unsafe)\b/;

/** What to write instead of a tag. `line` is the whole line: in `when: !x` YAML takes the `!` of the expression for one. */
export function tagHint(line: string): string {
  const [, before = '', value] = /^\s*((?:-\s+)?(?:\w+:\s+)?)(![^!].*?)\s*$/.exec(line) ?? [];
  if (value === undefined || ANSIBLE_TAGS.test(value)) return 'Remove the tag.';
  const quoted = value.includes('"') ? `'${value.replaceAll("'", "''")}'` : `"${value.replaceAll('\\', '\\\\')}"`;
  return `If the ! means not, put the value in quotes: ${before}${quoted}. Else remove the tag.`;
}
