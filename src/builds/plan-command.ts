import type { Command } from '../core/connection.ts';
import { readPlanScript } from '../gentoo/plan/build-plan.ts';

/** Put before the script of the plan: Portage is to see the binhost, and nothing else, as the place of finished packages. The index
 *  comes along as text and is served to Portage from within its own process, so that planning needs no tunnel and leaves nothing
 *  behind: not what lies in the host's own PKGDIR (built there, not published), nor other binhosts that it is a client of. */
const binhostPreamble = (index: string): string => `
import atexit, email.utils, http.server, os, shutil, socketserver, tempfile, threading
INDEX = ${JSON.stringify(Buffer.from(index, 'utf8').toString('base64'))}
def _swarm_binhost():
    import base64
    text = base64.b64decode(INDEX)
    stamp = next((int(line[11:]) for line in text.decode('utf-8', 'replace').split('\\n') if line.startswith('TIMESTAMP: ')), 0)
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
`;

/** An index that lists nothing, for a binhost where nothing was published yet. */
const EMPTY_INDEX = 'PACKAGES: 0\nTIMESTAMP: 1\nVERSION: 0\n\n';

export interface PlanRequest {
  readonly atoms: readonly string[];
  readonly options: readonly string[];
  /** Text of the binhost's Packages. */
  readonly index: string | undefined;
}

/** The command that prints the graph of these atoms as JSON. */
export async function makePlanCommand({ atoms, options, index }: PlanRequest): Promise<Command> {
  return {
    argv: ['python3', '-', ...options, ...atoms],
    env: { LC_ALL: 'C.UTF-8', TERM: 'dumb', NO_COLOR: '1' },
    stdin: new TextEncoder().encode(`${binhostPreamble(index ?? EMPTY_INDEX)}\n${readPlanScript()}`),
    timeoutMs: 30 * 60_000, // @world on a slow drone, with backtracking
  };
}
