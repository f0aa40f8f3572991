# Runs a program that stdin has, after one line that is its input. The program is a file only while it runs. Argument: its size.
# Needs: new_temporary, run_file.
IFS= read -r input || exit
file=$(new_temporary $$ "$1") || exit
trap 'rm -f -- "$file"' EXIT
whole_input "$file" "$1" && chmod 700 "$file" || exit
printf '%s\n' "$input" | run_file "$file"
