# Prints what a URL has, in base64. Needs: pipe_url, base64.
# Arguments: URL.
pipe_url base64 "$1" 60
