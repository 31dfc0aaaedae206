"""How the product reaches its storage and its mail server."""

from pathlib import Path
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from environ import Env


def bucket(env: Env, name: str) -> dict[str, Any]:
    """Return what django-storages wants to know of an S3 bucket."""
    return {
        "bucket_name": name,
        "endpoint_url": env.str("S3_ENDPOINT_URL", None),
        "access_key": env.str("S3_ACCESS_KEY", None),
        "secret_key": env.str("S3_SECRET_KEY", None),
        "region_name": env.str("S3_REGION", None),
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
        # Beyond this a file goes to disk: none is ever whole in memory.
        "max_memory_size": 1024 * 1024,
        "transfer_config": TransferConfig(use_threads=False),
        "client_config": Config(
            connect_timeout=5,
            read_timeout=30,
            retries={"max_attempts": 3, "mode": "standard"},
            # Each content is held against its SHA-256 here; not every server of S3
            # knows the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    }


def mailer(server: dict[str, Any] | None, folder: Path) -> dict[str, Any]:
    """Return the backend that sends mails, or writes them into a folder."""
    if server is None:
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": str(folder)},
        }
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": server["EMAIL_HOST"],
            "port": server["EMAIL_PORT"],
            "username": server["EMAIL_HOST_USER"] or "",
            "password": server["EMAIL_HOST_PASSWORD"] or "",
            "use_tls": server.get("EMAIL_USE_TLS", False),
            "use_ssl": server.get("EMAIL_USE_SSL", False),
            "timeout": 20,
        },
    }
