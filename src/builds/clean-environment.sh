# Runs a program of sh in an environment of its own, which has only the named settings of the login's environment.
# Arguments: NAMES PROGRAM [ARGUMENT]...; NAMES are separated by spaces.
settings=$1 script=$2; shift 2
set -- /bin/sh -c "$script" sh "$@"
for name in $settings; do
  eval "value=\${$name-}"
  [ -z "$value" ] || set -- "$name=$value" "$@"
done
exec env -i PATH="$PATH" HOME="${HOME:-/root}" LC_ALL=C.UTF-8 TERM=dumb NO_COLOR=1 "$@"
