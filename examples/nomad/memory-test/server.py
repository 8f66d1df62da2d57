"""Takes as much memory as MEMORY_MB says before it serves: a job that needs more than it looks."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer

ballast = bytearray(int(os.environ.get("MEMORY_MB", "200")) * 1024 * 1024)


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in ("/", "/health") else 404)
        self.end_headers()
        self.wfile.write(f"{len(ballast)} bytes held\n".encode())


HTTPServer(("0.0.0.0", 8080), Handler).serve_forever()
