# Makes a container NAME-swarm-new that does not run. Standard input: its environment, NAME=VALUE in each line.
# Arguments: ENGINE NAME WORD...; the words of `create`.
engine=$1 name=$2
shift 2
"$engine" rm --force "$name-swarm-new" >/dev/null 2>&1
# through cat: /dev/stdin must be a pipe
cat | "$engine" create --name "$name-swarm-new" --env-file /dev/stdin "$@" >/dev/null
