"""Registry token server: Basic user and password in, RS256 JWT (with x5c) for the asked scopes out."""
import base64, json, os, subprocess, sys, time, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
port, user, password, key, crt = int(sys.argv[1]), *sys.argv[2:6]
der = "".join(l.strip() for l in open(crt) if "-----" not in l)
b64 = lambda b: base64.urlsafe_b64encode(b).rstrip(b"=")

class Handler(BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def answer(self, code, doc, **headers):
        body = json.dumps(doc).encode()
        self.send_response(code)
        for k, v in headers.items(): self.send_header(k.replace("_", "-"), v)
        self.send_header("Content-Type", "application/json"); self.send_header("Content-Length", str(len(body)))
        self.end_headers(); self.wfile.write(body)
    def issue(self, name, secret, q):
        if (name, secret) != (user, password):
            return self.answer(401, {"details": "incorrect username or password"}, WWW_Authenticate='Basic realm="test"')
        access = []
        for scope in " ".join(q.get("scope", [])).split():
            kind, rest = scope.split(":", 1); repo, actions = rest.rsplit(":", 1)
            access.append({"type": kind, "name": repo, "actions": actions.split(",")})
        t = int(time.time())
        head = b64(json.dumps({"typ": "JWT", "alg": "RS256", "x5c": [der]}).encode())
        body = b64(json.dumps({"iss": "test-issuer", "sub": name, "aud": q.get("service", ["test-registry"])[0], "exp": t + 300,
                               "nbf": t - 10, "iat": t, "jti": os.urandom(8).hex(), "access": access}).encode())
        sig = subprocess.run(["openssl", "dgst", "-sha256", "-sign", key], input=head + b"." + body, capture_output=True, check=True).stdout
        token = (head + b"." + body + b"." + b64(sig)).decode()
        self.answer(200, {"token": token, "access_token": token, "expires_in": 300})
    def do_GET(self):
        u = urllib.parse.urlparse(self.path)
        try: name, secret = base64.b64decode(self.headers.get("Authorization", "").split(" ", 1)[1]).decode().split(":", 1)
        except Exception: name = secret = None
        self.issue(name, secret, urllib.parse.parse_qs(u.query))
    def do_POST(self):
        q = urllib.parse.parse_qs(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode())
        self.issue(q.get("username", [None])[0], q.get("password", [None])[0], q)
ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()
