# What rsync starts in place of ssh. Prints the words that it was given on file descriptor 5, an empty one last, each with a NUL behind it.
# Then relays stdin to descriptor 4 and descriptor 3 to stdout: both lead to swarm, which has the connection to the host.
# rsync holds these descriptors too, so their end means nothing before rsync itself has ended.
exec 6<&0
printf '%s\0' "$@" '' >&5
exec 5>&-
cat <&6 >&4 3<&- &
exec 4>&- 6<&-
exec cat <&3
