# Prints the SHA-256 of what a URL has now. Needs: pipe_url, sha256sum. Input: the configuration of curl.
# Arguments: URL SECONDS CERTS PROGRAM, as of load_url.
pipe_url sha256sum "$@"
