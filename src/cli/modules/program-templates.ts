/** A module in Python that works as it is: a file of the host with one line of text. */
export const PYTHON_MODULE = `#!/usr/bin/python3
"""A file with one line of text."""
import json
import os
import sys

call = json.loads(sys.stdin.readline())  # {"args": {...}, "check": true or false, "host": {"name": ..., "facts": {...}}}
path, wanted = call["args"]["path"], call["args"]["text"] + "\\n"


def read():
    try:
        with open(path, encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return None


def write():
    part = path + ".part"
    with open(part, "w", encoding="utf-8") as file:
        file.write(wanted)
    os.replace(part, path)  # the file is the old one or the new one, never half of it


def main():
    found = read()
    if found == wanted:
        return {"changed": False, "path": path}
    if not call["check"]:  # with check it must only read
        write()
    return {"changed": True, "msg": path, "before": found or "", "after": wanted, "path": path}


try:
    answer = main()
except OSError as error:
    answer = {"failed": True, "msg": str(error)}
print(json.dumps(answer))
`;

/** The same in shell. */
export const SHELL_MODULE = `#!/bin/sh
# A file with one line of text.
set -eu
IFS= read -r call # {"args": {...}, "check": true or false, "host": {"name": ..., "facts": {...}}}

# The value of an argument that is a text without quotes and backslashes. For other values write the module in Python.
arg() {
  printf '%s\\n' "$call" | sed -n 's/^{"args":{[^}]*"'"$1"'":"\\([^"\\\\]*\\)"[,}].*/\\1/p'
}

path=$(arg path)
text=$(arg text)
if [ -z "$path" ] || [ -z "$text" ]; then
  echo '{"failed":true,"msg":"path and text take a text without quotes and backslashes"}'
  exit
fi
if [ "$(cat -- "$path" 2>/dev/null || true)" = "$text" ]; then
  printf '{"changed":false,"path":"%s"}\\n' "$path"
  exit
fi
case $call in
  *'},"check":false,"host":{'*) printf '%s\\n' "$text" >"$path.part" && mv -f -- "$path.part" "$path" ;; # with check it must only read
esac
printf '{"changed":true,"msg":"%s","after":"%s\\\\n","path":"%s"}\\n' "$path" "$text" "$path"
`;

/** What stands beside the program: its arguments, which swarm checks before it connects. */
export const programDescription = (name: string): string =>
  `${JSON.stringify(
    {
      summary: 'A file with one line of text',
      args: {
        properties: {
          path: { type: 'string', pattern: '^/', description: 'Path on the host' },
          text: { type: 'string', description: 'The line' },
        },
        required: ['path', 'text'],
      },
      example: `${name}:\n  path: /tmp/hello\n  text: hello\n`,
    },
    null,
    2,
  )}\n`;
