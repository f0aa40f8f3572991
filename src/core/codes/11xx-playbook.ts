import { type ErrorKind, invalidFile } from './kind.ts';

/** Errors in the content of a playbook and of the files that it uses. */
export const playbookErrors = {
  SW1101: {
    ...invalidFile,
    title: 'Required key missing',
    explain: {
      what: 'A key that must be set is missing.',
      why: 'The hint under the error names the key and shows how to write it.',
      fix: 'Add the key. To see all keys, run: swarm schema playbook',
    },
  },
  SW1102: {
    ...invalidFile,
    title: 'Unknown host or group in a playbook',
    explain: {
      what: 'A playbook names a host or a group that the inventory does not have.',
      why: 'hosts: takes names of hosts and groups, or a pattern made of them.',
      fix: 'Correct the name. To see all names, run: swarm hosts list',
    },
  },
  SW1103: {
    ...invalidFile,
    title: 'Not exactly one module',
    explain: {
      what: 'A task has no module, or more than one.',
      why: 'A task runs exactly one module.',
      fix: 'Split it into two tasks, or add a module. To see all modules, run: swarm modules',
    },
  },
  SW1104: {
    ...invalidFile,
    title: 'Unknown key',
    explain: {
      what: 'A file contains a key that swarm does not know.',
      why: 'swarm never ignores a key, because a misspelt key would change what runs.',
      fix: 'Correct or remove the key. The hint names the nearest one. To see all keys, run: swarm schema playbook',
    },
  },
  SW1105: {
    ...invalidFile,
    title: 'Keyword of Ansible that is not supported',
    explain: {
      what: 'A playbook uses a keyword that only Ansible has.',
      why: 'swarm knows the words of Ansible and has another way to write this one.',
      fix: 'Use the replacement that the hint names, then run: swarm check',
    },
  },
  SW1106: {
    ...invalidFile,
    title: 'Braces in an expression',
    explain: {
      what: 'An expression contains {{ }}.',
      why: 'when, until, failed_when, changed_when and loop are expressions already.',
      fix: 'Write x, not {{ x }}. Then run: swarm check',
    },
  },
  SW1107: {
    ...invalidFile,
    title: 'Expression syntax',
    explain: {
      what: 'An expression cannot be read.',
      why: 'Expressions are CEL: a == "b", x in list, size(list) > 0, a && !b.',
      fix: 'Correct the expression at the marked column, then run: swarm check',
    },
  },
  SW1108: {
    ...invalidFile,
    title: 'Undefined variable',
    explain: {
      what: 'A template or an expression uses a name that is not defined.',
      why: 'An undefined name is an error and never an empty text.',
      fix: 'Define it in vars: or args:, or correct it. To see the variables of a host, run: swarm hosts show NAME',
    },
  },
  SW1109: {
    ...invalidFile,
    title: 'Wrong type',
    explain: {
      what: 'A value has another type than its key needs, such as a text instead of a number.',
      why: 'The message names the type that the key needs.',
      fix: 'Correct the value, then run: swarm check',
    },
  },
  SW1110: {
    ...invalidFile,
    title: 'Unknown handler',
    explain: {
      what: 'notify: names a handler that does not exist.',
      why: 'A task can notify only the handlers of its own play.',
      fix: 'Add the handler to the play, or correct the name. Then run: swarm check',
    },
  },
  SW1111: {
    ...invalidFile,
    title: 'Module cannot be used',
    explain: {
      what: 'A module does not exist, or its file cannot be loaded.',
      why: 'Built-in modules come with swarm. A project has its own in modules/NAME.ts, each with defineModule() as default export.',
      fix: 'Correct the name or the file. To see all modules, run: swarm modules',
    },
  },
  SW1112: {
    ...invalidFile,
    title: 'Module argument',
    explain: {
      what: 'A task gives a module an argument that it does not take, or a wrong value.',
      why: 'Each module checks its arguments before anything runs.',
      fix: 'Correct the argument. To see the arguments of a module, run: swarm modules NAME',
    },
  },
  SW1113: {
    ...invalidFile,
    title: 'Template syntax',
    explain: {
      what: 'A template cannot be read.',
      why: 'Templates are Handlebars: {{ name }}, {{#if x}}…{{/if}}, {{#each list}}…{{/each}}.',
      fix: 'Correct the template at the marked column, then run: swarm check',
    },
  },
  SW1114: {
    ...invalidFile,
    title: 'Unquoted value in shell text',
    explain: {
      what: 'Shell text contains {{ x }} without quote or raw.',
      why: 'A value with a space or a semicolon would become several words or commands.',
      fix: 'Write {{quote x}} so that the value stays one word, or {{raw x}} if the value is shell text itself.',
    },
  },
  SW1115: {
    ...invalidFile,
    title: 'Declaration of an argument',
    explain: {
      what: 'An argument in args: of a playbook is declared in a wrong way.',
      why: 'An argument has name, type, positional, required, default and describe.',
      fix: 'Correct the declaration. To see the form, run: swarm schema playbook',
    },
  },
  SW1116: {
    ...invalidFile,
    title: 'Imported file',
    explain: {
      what: 'A file or a role that a playbook names cannot be used.',
      why: 'A file must exist beside the playbook or in its role, a role in roles/, and none may import itself in a circle.',
      fix: 'Correct the path or break the circle, then run: swarm check',
    },
  },
  SW1117: {
    ...invalidFile,
    title: 'Spelling of Ansible',
    explain: {
      what: 'A playbook has a spelling that only Ansible needs, such as yes for true. swarm reads it as Ansible does, and warns.',
      why: 'In YAML 1.2 yes and no are texts, and a variable with such a text is not true.',
      fix: 'Write true or false, and names without ansible.builtin. To turn the warning off, write warnings: false in the playbook.',
    },
  },
  SW1118: {
    ...invalidFile,
    title: 'Hidden variable of swarm',
    explain: {
      what: 'A playbook or an inventory defines a variable with a name that swarm uses itself, such as hosts or facts. swarm uses that variable, and warns.',
      why: 'What is written for the variable of swarm then gets another value.',
      fix: 'Give the variable another name. To turn the warning off, write warnings: false in the playbook, for a variable of the inventory in inventory/swarm.yml.',
    },
  },
} as const satisfies Record<string, ErrorKind>;
