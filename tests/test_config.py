"""Settings: read once, and refusing to start where that would be unsafe."""

import dataclasses
from pathlib import Path

import pytest

from meetingsvc.config import Settings, Unsafe

KEY = "k" * 32


def settings(**told: object) -> Settings:
    """Safe ones, but for what the test tells."""
    usual = {"database_url": "sqlite://", "data_dir": Path("/nowhere"), "secret_key": KEY}
    return Settings(**(usual | told))  # type: ignore[arg-type]


def test_without_any_setting_the_embedded_database_lies_in_the_home_folder() -> None:
    told = Settings.from_env({"HOME": "/home/invented"})
    assert told.database_url == "sqlite:////home/invented/.local/share/meetingsvc/meetingsvc.db"
    assert (told.host, told.port, told.demo, told.debug) == ("127.0.0.1", 8000, False, False)


@pytest.mark.parametrize(
    ("env", "folder"),
    [
        ({"XDG_DATA_HOME": "/data", "HOME": "/home/invented"}, "/data/meetingsvc"),
        ({}, "/var/lib/meetingsvc"),
        ({"MEETINGSVC_DATA_DIR": "/elsewhere", "HOME": "/home/invented"}, "/elsewhere"),
    ],
)
def test_where_data_lies(env: dict[str, str], folder: str) -> None:
    assert Settings.from_env(env).data_dir == Path(folder)


def test_every_setting_can_be_told_in_the_environment() -> None:
    env = {"MEETINGSVC_DATABASE_URL": "postgresql://db.example/x", "MEETINGSVC_PORT": "8123",
           "MEETINGSVC_DEMO": "yes", "MEETINGSVC_FEED_LIMIT": "10",
           "MEETINGSVC_MAIL_DIR": "/mail"}  # fmt: skip
    told = Settings.from_env(env)
    assert (told.port, told.demo, told.feed_limit, told.mail_dir) == (8123, True, 10, Path("/mail"))
    assert told.database_url == "postgresql://db.example/x"


@pytest.mark.parametrize(("name", "text"), [("PORT", "eighty"), ("DEMO", "maybe"), ("FEED_LIMIT", "1 GB")])
def test_a_setting_that_cannot_be_read_is_named(name: str, text: str) -> None:
    with pytest.raises(Unsafe, match=f"MEETINGSVC_{name} cannot be read"):
        Settings.from_env({f"MEETINGSVC_{name}": text})


def test_settings_do_not_change_while_the_service_runs() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"secret_key": ""}, "no secret key"),
        ({"secret_key": "short"}, "no secret key"),
        ({"debug": True, "host": "0.0.0.0", "public_url": "https://meet.example"}, "Debugging is on"),
        ({"demo": True, "host": "192.0.2.7", "public_url": "https://meet.example"}, "demonstration"),
        ({"host": "0.0.0.0"}, "without TLS"),
        ({"host": "::"}, "without TLS"),
        ({"public_url": "http://meet.example"}, "without TLS"),
        ({"demo": True, "public_url": "https://meet.example", "proxy_hops": 1}, "demonstration"),
        ({"debug": True, "public_url": "https://meet.example", "proxy_hops": 1}, "Debugging"),
        ({"public_url": "https://meet.example"}, "seem to come from the proxy"),
    ],
)
def test_the_service_refuses_to_start_where_unsafe_and_says_what_mends_it(
    told: dict[str, object], what: str
) -> None:
    with pytest.raises(Unsafe, match=what) as refusal:
        settings(**told).refuse_unsafe()
    assert "Set MEETINGSVC_" in str(refusal.value) or "Unset MEETINGSVC_" in str(refusal.value)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"demo": True, "secret_key": ""},
        {"debug": True},
        {"host": "::1"},
        {"host": "localhost"},
        {"host": "0.0.0.0", "public_url": "https://meet.example", "proxy_hops": 1},
    ],
)
def test_safe_settings_start(told: dict[str, object]) -> None:
    settings(**told).refuse_unsafe()


def test_cookies_travel_only_over_tls_where_there_is_tls() -> None:
    assert settings(public_url="https://meet.example").secure_cookies
    assert not settings(public_url="http://localhost:8000").secure_cookies
