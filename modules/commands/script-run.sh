# Runs the program that stdin has, from a file that only its user can read. Needs: new_temporary, whole_input, run_file.
# Arguments: the size of the program, what reads it (or nothing), its arguments.
file=$(new_temporary $$ "$1") || exit
trap 'rm -f -- "$file"' EXIT
whole_input "$file" "$1" && chmod 700 "$file" || exit
interpreter=$2
shift 2
if [ -n "$interpreter" ]; then "$interpreter" "$file" "$@" </dev/null; else run_file "$file" "$@" </dev/null; fi
