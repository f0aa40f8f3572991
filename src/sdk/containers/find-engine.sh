# Sets `engine`, where it is empty, to the program that runs containers.
find_engine() {
  [ -z "$engine" ] || return 0
  for engine in docker podman; do
    if command -v "$engine" >/dev/null; then return 0; fi
  done
  echo 'the host has no docker' >&2
  exit 1
}
