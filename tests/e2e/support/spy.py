# SPDX-License-Identifier: Apache-2.0
"""A TLS proxy in front of a BMC that remembers every secret that passes: session tokens, cookies, logins."""

import base64
import http.client
import http.server
import json
import ssl
import threading
import urllib.parse

_NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "keep-alive"}


class Spy:
    def __init__(self, url, certificate):
        peer = urllib.parse.urlsplit(url)
        self.secrets = set()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                outer.look_at(self.headers.items(), body)
                connection = http.client.HTTPSConnection(peer.hostname, peer.port, timeout=120,
                                                         context=ssl._create_unverified_context())
                try:
                    connection.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
                    for name, value in self.headers.items():
                        if name.lower() not in _NOT_PASSED_ON:
                            connection.putheader(name, value)
                    if body or self.command in ("POST", "PATCH", "PUT"):
                        connection.putheader("Content-Length", str(len(body)))
                    connection.endheaders(body or None)
                    answer = connection.getresponse()
                    content = answer.read()
                except OSError:
                    self.close_connection = True
                    return
                finally:
                    connection.close()
                outer.look_at(answer.getheaders(), b"")
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _NOT_PASSED_ON:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_HEAD = do_POST = do_PATCH = do_PUT = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass  # a client that went away

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def look_at(self, headers, body):
        for name, value in headers:
            lowered = name.lower()
            if lowered == "x-auth-token":
                self.secrets.add(value)
            elif lowered in ("cookie", "set-cookie"):
                self.secrets.add(value.split(";")[0].split("=", 1)[-1])
            elif lowered == "authorization":
                self.secrets.add(value.split(" ", 1)[-1])
                if value.startswith("Basic "):
                    self.secrets.add(base64.b64decode(value[6:]).decode().split(":", 1)[1])
        if body.startswith(b"{"):
            try:
                login = json.loads(body)
            except ValueError:
                return
            if isinstance(login, dict) and isinstance(login.get("Password"), str):
                self.secrets.add(login["Password"])
