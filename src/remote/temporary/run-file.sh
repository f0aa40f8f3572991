# run_file FILE [ARGUMENT]...: runs a program that is a file. Where nothing in its folder may be executed (noexec), the program that its first line
# names reads it; sh, where it names none. A file that does nothing shows it: `test -x` of busybox does not.
run_file() {
  printf '#!/bin/sh\n' >"$1.try" && chmod 700 "$1.try" && "$1.try" 2>/dev/null
  tried=$?
  rm -f -- "$1.try"
  first_line=
  [ "$tried" != 126 ] || IFS= read -r first_line <"$1"
  case $tried:$first_line in
    126:'#!'*)
      set -f
      # shellcheck disable=SC2086 # the words of the first line
      ${first_line#??} "$@" ;;
    126:?ELF*) "$@" ;;
    126:*) sh "$@" ;;
    *) "$@" ;;
  esac
}
