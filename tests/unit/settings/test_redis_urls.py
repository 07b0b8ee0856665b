"""URLs of Valkey and Redis: what is accepted, and what a message shows of them."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from steelyard.settings import Settings
from steelyard.settings.redis_urls import canonical
from steelyard.settings.security import RATE_CLASSES
from steelyard_contract.operations import OPERATIONS


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("redis://valkey.internal", None),
        ("REDISS://valkey.internal:6380/2", "rediss://valkey.internal:6380/2"),
        ("rediss://shop:p%40ss@10.0.0.7:6379/", None),
        ("redis://:pw@[2001:db8::1]:6379/0", None),
        ("unix:///run/valkey/valkey.sock", None),
        ("unix://shop:pw@/run/valkey.sock?db=3", None),
        (" redis://localhost \n", "redis://localhost"),
    ],
)
def test_networks_and_sockets_are_accepted(url: str, read: str | None) -> None:
    assert canonical(url) == (read or url)


@pytest.mark.parametrize(
    "url",
    [
        *("", "valkey.hidden", "http://hidden", "redis:hidden", "redis://", "redis:///0", "redis://hidden:0", "redis://hidden:70000"),
        *("redis://hidden:abc", "redis://user:hid/den@host", "redis://hidden@host", "redis://user:@hidden", "redis://host/hidden"),
        *("redis://host?password=hidden", "redis://host?ssl_cert_reqs=none#hidden", "redis://ho st-hidden", "unix://hidden"),
        *("unix:///run/hidden?timeout=1", "redis://host:1/hidden\nredis://other"),
    ],
)
def test_a_message_about_another_url_shows_none_of_it(url: str) -> None:
    with pytest.raises(ValidationError) as rejected:
        Settings(redis_url=SecretStr(url))

    message = str(rejected.value)
    assert re.search(r"redis_url\n  Value error, it(s|) .*Write redis://host", message)
    assert not re.search(r"hid|other|none", message)


def test_the_password_is_never_shown() -> None:
    settings = Settings(redis_url=SecretStr("redis://shop:hunter2@valkey.internal"))

    assert "hunter2" not in repr(settings)


def test_a_url_may_be_a_file_of_secrets(tmp_path: Path) -> None:
    (tmp_path / "STEELYARD_REDIS_URL").write_text("redis://:pw@valkey.internal\n")

    settings = Settings(_secrets_dir=tmp_path)

    assert settings.redis_url == SecretStr("redis://:pw@valkey.internal")


def test_each_rate_class_of_the_contract_can_be_shared() -> None:
    assert {operation.rate_class for operation in OPERATIONS.values()} - {"none"} <= set(RATE_CLASSES)


def test_an_unknown_class_is_rejected() -> None:
    with pytest.raises(ValidationError, match="there is no rate class `quotes`"):
        Settings(shared_classes=("register", "quotes"))
