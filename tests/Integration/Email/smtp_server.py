"""An SMTP server (aiosmtpd) for the tests. Takes messages for anyone but refused@… and later@…, from whoever signs in as user/password.

Arguments: port, folder for the messages, starttls|plain, certificate, key. Says "ready" once it listens.
"""
import asyncio
import os
import ssl
import sys

from aiosmtpd.smtp import AuthResult, SMTP


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused@"):
            return "550 5.1.1 no such mailbox: SECRET DETAIL"
        if address.startswith("later@"):
            return "451 4.7.1 try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = os.path.join(self.folder, f"{self.count}.eml")
        with open(name + ".part", "wb") as file:
            file.write(("X-Rcpt: %s\r\nX-Tls: %s\r\n" % (",".join(envelope.rcpt_tos), session.ssl is not None)).encode())
            file.write(envelope.original_content)
        os.rename(name + ".part", name)
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    ok = getattr(data, "login", b"") == b"user" and getattr(data, "password", b"") == b"the-password"
    return AuthResult(success=ok, handled=ok)


port, folder, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3]
context = None
if mode == "starttls":
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[4], sys.argv[5])


async def main():
    handler = Handler(folder)
    loop = asyncio.get_running_loop()

    def factory():
        return SMTP(handler, tls_context=context, authenticator=authenticate, auth_required=mode == "starttls", require_starttls=mode == "starttls")

    server = await loop.create_server(factory, "0.0.0.0", port)
    print("ready", flush=True)
    async with server:
        await server.serve_forever()


asyncio.run(main())
