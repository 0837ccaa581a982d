"""nginx in front of another server, with its own defaults but for the size of a body."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

_CONFIGURATION = """\
daemon off;
error_log stderr;
pid {folder}/nginx.pid;
worker_processes 1;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    # As docs/servers.md asks for it; by default 1m.
    client_max_body_size 26m;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            {location}
        }}
    }}
}}
"""

Location = Callable[[int], str]


def over_http(*, unbuffered: bool) -> Location:
    # With its default, HTTP 1.0, it could not pass chunks on.
    options = "proxy_request_buffering off; proxy_http_version 1.1;" if unbuffered else ""
    pass_on = "proxy_set_header Host $http_host; proxy_pass http://127.0.0.1"
    return lambda port: f"{options} {pass_on}:{port};"


def over_uwsgi(*, unbuffered: bool) -> Location:
    options = "uwsgi_request_buffering off;" if unbuffered else ""
    pass_on = "include /etc/nginx/uwsgi_params; uwsgi_pass 127.0.0.1"
    return lambda port: f"{options} {pass_on}:{port};"


def command(folder: Path, port: int, location: str) -> list[str]:
    """Write the configuration, with all that it needs in the folder, and say how it is started."""
    configuration = folder / "nginx.conf"
    configuration.write_text(_CONFIGURATION.format(folder=folder, port=port, location=location))
    # Started as root it works as another user, who writes large bodies here.
    folder.chmod(0o777)
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "nginx"
    return [program, "-c", str(configuration)]
