# Starts the switch of a push, which outlives the connection, or finds it. Prints "started", "attached" or "over". Needs: setsid, flock.
# Arguments: ID PROGRAM; stdin: the plan. Exit 73: the folder cannot be used; 74: no lock; 75: another push is under way.
#
# $HOME/.local/state/swarm/push/.lock     held while a switch is being started
# $HOME/.local/state/swarm/push/last      how the last switch ended: one line "ID OUTCOME", then what was printed
# $HOME/.local/state/swarm/push/switch/   0700, while a switch is under way
#   id, plan
#   lock      held by the switch for its whole life
#   phase     how far it is
#   decided/  made once: by swarm, which confirms, or by the switch, which puts the old trees back
#   log       what services and checks print
mask=$(umask)
umask 077
push=${HOME:?}/.local/state/swarm/push
LC_ALL=C mkdir -p "$push" && cd "$push" 2>/dev/null || exit 73
new=.new.$$
trap 'rm -rf "$new"' EXIT
mkdir "$new" && LC_ALL=C cat >"$new/plan" && printf '%s\n' "$1" >"$new/id" && [ "$(tail -n 1 "$new/plan")" = '# end' ] || exit 73
sync "$new/plan" "$new/id" 2>/dev/null || sync # when the power goes, the next push must know what to put back
exec 8>>.lock && flock 8 8>&8 || exit 74
rm -rf .over.* # of a switch that was killed at its very end
read -r id _ 2>/dev/null <last && [ "$id" = "$1" ] && { echo over; exit 0; }
if [ -d switch ]; then
  read -r id 2>/dev/null <switch/id || id=
  [ "$id" = "$1" ] && { echo attached; exit 0; }
  if [ "$id" ] || { [ -e switch/lock ] && ! flock -n -s switch/lock true; }; then
    printf '%s\n' "$id"
    exit 75
  fi
  rm -rf switch # of a host that lost what was not on its disk yet
fi
mv "$new" switch && cd switch || exit 73
setsid sh -c "$2" swarm-push run "$mask" </dev/null >>log 2>&1 3>&- 4>&- 5>&- 6>&- 7>&- 8>&8 &
echo started
