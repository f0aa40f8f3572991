# Reboots the machine if it is still the boot that the arguments name: MACHINE_ID BOOT_ID START_OF_PID_1.
# Exit 96: the machine is protected. Exit 97: it is another boot. Exit 98: it is another machine. The comparison and the reboot are one
# process, so that nothing can happen between them; the reboot itself waits a second, until the exit status has left.
wanted_machine=$1 wanted_boot="$2 $3"
[ ! -e /etc/swarm.protected ] || exit 96
read -r machine 2>/dev/null </etc/machine-id || machine=
read -r boot </proc/sys/kernel/random/boot_id
read -r stat </proc/1/stat
# shellcheck disable=SC2086 # the fields are split into words on purpose
set -- ${stat##*) }
[ "$machine" = "$wanted_machine" ] || exit 98
[ "$boot ${20}" = "$wanted_boot" ] || exit 97
if [ -d /run/systemd/system ]; then set -- systemctl reboot
elif command -v reboot >/dev/null 2>&1; then set -- reboot
else set -- shutdown -r now; fi
setsid sh -c 'sleep 1; exec "$@"' sh "$@" </dev/null >/dev/null 2>&1 &
