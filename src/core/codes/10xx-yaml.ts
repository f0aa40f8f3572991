import { type ErrorKind, invalidFile } from './kind.ts';

/** Errors in the text of a YAML file. */
export const yamlErrors = {
  SW1001: {
    ...invalidFile,
    title: 'Tab used as indentation',
    explain: {
      what: 'A line of a YAML file starts with a tab.',
      why: 'YAML allows only spaces as indentation.',
      fix: 'Replace each tab with two spaces, then run: swarm check',
    },
  },
  SW1002: {
    ...invalidFile,
    title: 'YAML syntax',
    explain: {
      what: 'The file is not valid YAML.',
      why: 'Often a value contains ": " or " #", or starts with one of { [ & * ! | > % @ `, and has no quotes.',
      fix: 'Put the value in double quotes, then run: swarm check',
    },
  },
  SW1003: {
    ...invalidFile,
    title: 'Unquoted template',
    explain: {
      what: 'A value starts with {{ and has no quotes.',
      why: 'YAML reads an unquoted {{ as the start of a mapping, not as a template.',
      fix: 'Put the whole value in double quotes: "{{ name }}". Then run: swarm check',
    },
  },
  SW1004: {
    ...invalidFile,
    title: 'Key given twice',
    explain: {
      what: 'A mapping contains the same key twice.',
      why: 'Each key may appear once in a mapping. With two, it is not clear which value you want.',
      fix: 'Remove or rename one of the two, then run: swarm check',
    },
  },
  SW1005: {
    ...invalidFile,
    title: 'File mode without quotes',
    explain: {
      what: 'A file mode is written as a number, such as 0644.',
      why: 'In YAML 1.2 an unquoted 0644 is the decimal number 644, which is another mode.',
      fix: 'Write the mode as text: mode: "0644". Then run: swarm check',
    },
  },
  SW1006: {
    ...invalidFile,
    title: 'Unknown tag',
    explain: {
      what: 'A value has a YAML tag, such as !vault.',
      why: 'swarm does not support tags.',
      fix: 'Remove the tag. For a secret write secret: { from: "env:NAME" }; see: swarm explain SW1207',
    },
  },
  SW1007: {
    ...invalidFile,
    title: 'Unknown anchor',
    explain: {
      what: 'An alias such as *base names an anchor that does not exist.',
      why: 'The anchor (&base) must come before the alias in the same file.',
      fix: 'Define the anchor above the alias, or correct its name. Then run: swarm check',
    },
  },
  SW1008: {
    ...invalidFile,
    title: 'File too large',
    explain: {
      what: 'A YAML file is over a limit.',
      why: 'A file may have at most 1 MiB, 100 levels and 100 aliases.',
      fix: 'Split the file, then run: swarm check',
    },
  },
  SW1009: {
    ...invalidFile,
    title: 'Several documents',
    explain: {
      what: 'The file contains a second YAML document after "---".',
      why: 'A file may contain one document only.',
      fix: 'Move the second document to a file of its own, then run: swarm check',
    },
  },
  SW1010: {
    ...invalidFile,
    title: 'Not UTF-8',
    explain: {
      what: 'The file contains bytes that are not UTF-8 text, or its lines end with a carriage return alone.',
      why: 'swarm reads all files as UTF-8, and ends a line as Linux or Windows does.',
      fix: 'Convert the file: iconv -f latin1 -t utf-8 FILE > FILE.new. A file of Windows may be UTF-16: iconv -f utf-16 -t utf-8 FILE > FILE.new',
    },
  },
  SW1011: {
    ...invalidFile,
    title: 'Number out of range',
    explain: {
      what: 'A number in a YAML file has more digits than swarm can keep, or is infinite.',
      why: 'Numbers are exact up to 9007199254740991. A longer one would lose its last digits.',
      fix: 'Write a smaller number. Where digits are meant as text, as in an id, put them in quotes. Then run: swarm check',
    },
  },
} as const satisfies Record<string, ErrorKind>;
