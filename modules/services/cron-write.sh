# Installs the crontab that stdin has, once all of it is there: crontab takes half of it too. Needs: new_temporary, whole_input.
# Arguments: its size, then what crontab gets before the file.
file=$(new_temporary $$ "$1") || exit
trap 'rm -f -- "$file"' EXIT
whole_input "$file" "$1" || exit
shift
crontab "$@" - <"$file"
