# plan WORDS...: prints what "apt-get WORDS" would do, one package a line: NAME OLD NEW, with - for none.
# run WORDS...: does it. A file of the configuration that somebody changed stays as it is.
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
step=$1
shift
if [ "$step" = run ]; then
  exec apt-get -y -q -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
fi
command -v apt-get >/dev/null || { echo "apt-get: not found" >&2; exit 127; }
if [ "$1" = clean ]; then
  for file in /var/cache/apt/archives/*.deb /var/cache/apt/archives/partial/?*; do
    [ -e "$file" ] && echo "${file##*/} loaded -"
  done
  exit 0
fi
plan=$(apt-get -q -s "$@") || exit
printf '%s\n' "$plan" | sed -n \
  -e 's/^Inst \([^ ]*\) \[\([^] ]*\)\] (\([^ ]*\) .*/\1 \2 \3/p' \
  -e 's/^Inst \([^ ]*\) (\([^ ]*\) .*/\1 - \2/p' \
  -e 's/^\(Remv\|Purg\) \([^ ]*\) \[\([^] ]*\)\].*/\2 \3 -/p' \
  -e 's/^Del \([^ ]*\) \([^ ]*\) .*/\1 \2 -/p'
