# Prints the answer to a question, as debconf says it. Arguments: PACKAGE QUESTION.
command -v debconf-communicate >/dev/null || { echo 'the host has no debconf' >&2; exit 1; }
printf 'GET %s\n' "$2" | debconf-communicate -- "$1" 2>/dev/null || :
