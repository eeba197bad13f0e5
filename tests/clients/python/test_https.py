"""HTTPS, on servers that these tests start themselves; STATOR_BINARY names the program."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
import trustme
from botocore.config import Config
from botocore.exceptions import SSLError

from support.connection import REGION
from support.tables import table_request


@dataclass
class SecureServer:
    """A server with a certificate, and the files that it reads."""

    folder: Path
    process: subprocess.Popen
    endpoint: str

    def client(self, authority):
        """boto3 as somebody who trusts this authority alone."""
        bundle = self.folder / "trusted.pem"
        authority.cert_pem.write_to_path(bundle)
        session = boto3.Session("test", "test-secret", region_name=REGION)
        once = Config(retries={"total_max_attempts": 1})
        return session.client(
            "dynamodb", endpoint_url=self.endpoint, verify=str(bundle), config=once
        )

    def read_until(self, text):
        """The next line the server prints that has this text in it."""
        return next(line for line in self.process.stdout if text in line)


def issue(authority, folder):
    """Puts a certificate for this machine, and its key, into the folder."""
    issued = authority.issue_cert("localhost", "127.0.0.1")
    chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
    (folder / "chain.pem").write_bytes(chain)
    issued.private_key_pem.write_to_path(folder / "key.pem")


@pytest.fixture
def authority():
    return trustme.CA()


@pytest.fixture
def secure(tmp_path, authority):
    issue(authority, tmp_path)
    process = subprocess.Popen(
        [
            os.environ["STATOR_BINARY"],
            *("serve", "--in-memory", "--listen", "127.0.0.1:0"),
            *("--tls-cert", tmp_path / "chain.pem", "--tls-key", tmp_path / "key.pem"),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    server = SecureServer(tmp_path, process, "")
    server.endpoint = server.read_until("listens on").split()[-1]
    yield server
    process.terminate()
    assert process.wait(20) == 0


def test_boto3_calls_over_https(secure, authority):
    assert secure.endpoint.startswith("https://127.0.0.1:")
    client = secure.client(authority)
    client.create_table(**table_request("notes", "p:S"))
    client.put_item(TableName="notes", Item={"p": {"S": "x"}, "n": {"N": "1"}})
    got = client.get_item(TableName="notes", Key={"p": {"S": "x"}})
    assert got["Item"] == {"p": {"S": "x"}, "n": {"N": "1"}}


def test_a_certificate_nobody_vouches_for_is_refused(secure):
    with pytest.raises(SSLError):
        secure.client(trustme.CA()).list_tables()


def test_a_renewed_certificate_is_shown_after_sighup(secure, authority):
    secure.client(authority).list_tables()
    renewed = trustme.CA()
    issue(renewed, secure.folder)
    secure.process.send_signal(signal.SIGHUP)
    secure.read_until("the certificate was read again")
    assert secure.client(renewed).list_tables()["TableNames"] == []
    with pytest.raises(SSLError):
        secure.client(authority).list_tables()


def test_a_broken_renewal_changes_nothing(secure, authority):
    (secure.folder / "chain.pem").write_text("half a certif")
    secure.process.send_signal(signal.SIGHUP)
    secure.read_until("the old certificate stays")
    assert secure.client(authority).list_tables()["TableNames"] == []
