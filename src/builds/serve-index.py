"""Part of the program that plans, put before src/gentoo/plan/plan.py: Portage sees the binhost as the only source of finished packages.

INDEX, a base64 text set in the line before, is the index of the binhost. It is served to Portage from within this process, so that
planning needs no tunnel and leaves nothing behind. What is in PKGDIR of the host (built there, not published) and other binhosts
that the host is a client of do not count.
"""
import atexit, email.utils, http.server, os, shutil, socketserver, tempfile, threading

def _swarm_binhost():
    import base64
    text = base64.b64decode(INDEX)  # noqa: F821
    stamp = next((int(line[11:]) for line in text.decode('utf-8', 'replace').split('\n') if line.startswith('TIMESTAMP: ')), 0)
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if not self.path.endswith('/Packages'):
                return self.send_error(404)
            self.send_response(200)
            self.send_header('Last-Modified', email.utils.formatdate(stamp, usegmt=True))
            self.send_header('Content-Length', str(len(text)))
            self.end_headers()
            self.wfile.write(text)
        def log_message(self, *words):
            pass
    class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
        daemon_threads = True
    server = Server(('127.0.0.1', 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = tempfile.mkdtemp(prefix='swarm-plan.')
    os.environ['PKGDIR'] = own
    os.environ['PORTAGE_BINHOST'] = 'http://127.0.0.1:%d/%s' % (server.server_address[1], os.path.basename(own))
    import portage.const
    def clean():
        shutil.rmtree(own, ignore_errors=True)
        cached = os.path.join(portage.const.EPREFIX + '/var/cache/edb/binhost/127.0.0.1', os.path.basename(own))
        shutil.rmtree(cached, ignore_errors=True)
    atexit.register(clean)
    try:
        from portage.binrepo.config import BinRepoConfigLoader
        from portage.util.configparser import SafeConfigParser
        BinRepoConfigLoader._parse = staticmethod(lambda paths, defaults: SafeConfigParser(defaults=defaults))
    except ImportError:
        pass
_swarm_binhost()
