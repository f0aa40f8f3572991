# Defines `client PROGRAM WORDS`, which starts a program of MySQL with the options that standard input begins with: lines up to one "--".
# The options go through a pipe, so that a password is neither a word of a command line nor a file.
# Arguments: CONFIG, a file with options; it may be empty, or the name of no file.
options='' line=''
while IFS= read -r line && [ "$line" != -- ]; do
  options="$options$line
"
done
files=''
for each in /etc/my.cnf /etc/mysql/my.cnf "${1:-${HOME-}/.my.cnf}"; do
  [ ! -r "$each" ] || files="$files!include $each
"
done
config=${1-}
client() {
  program=$1
  shift
  if [ -z "$options$config" ]; then "$program" "$@"
  else
    "$program" --defaults-file=/dev/fd/3 "$@" 3<<END
$files
[client]
$options
END
  fi
}
# find_client NAME...: the first program that the host has, in $found.
find_client() {
  for found; do command -v "$found" >/dev/null && return; done
  echo "the host has no $found" >&2
  exit 1
}
