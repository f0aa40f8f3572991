# Starts psql with statements on standard input, after a line with the password, which may be empty. Prints a line for each row.
# Arguments: the options of psql.
command -v psql >/dev/null || { echo 'the host has no psql' >&2; exit 1; }
IFS= read -r password
[ -z "$password" ] || { PGPASSWORD=$password; export PGPASSWORD; }
PGCLIENTENCODING=UTF8 LC_MESSAGES=C
export PGCLIENTENCODING LC_MESSAGES
cd / || exit # psql complains of a folder that its user may not enter
exec psql -X -A -t -q -w -v ON_ERROR_STOP=1 "$@"
