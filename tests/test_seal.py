"""What is sealed opens with its key, for its purpose, beside its row, and no otherwise."""

import stat
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from meetingsvc.app import create_core
from meetingsvc.config import Settings, Unsafe
from meetingsvc.seal import Seal, Unsealable, keys_in, made, seal, unseal

OLD, NEW = b"o" * 32, b"n" * 32


@given(st.binary(max_size=200), st.text(max_size=20), st.text(max_size=20))
def test_what_is_sealed_opens_again(plain: bytes, purpose: str, about: str) -> None:
    box = Seal(lambda: [NEW])
    sealed = box.seal(purpose, plain, about)
    assert box.unseal(purpose, sealed, about) == plain
    assert len(plain) < 4 or plain not in sealed


@pytest.mark.parametrize("purpose, about", [("address", "account/1"), ("totp", "account/2")])
def test_it_opens_for_no_other_purpose_and_beside_no_other_row(purpose: str, about: str) -> None:
    box = Seal(lambda: [NEW])
    with pytest.raises(Unsealable):
        box.unseal(purpose, box.seal("totp", b"plain", "account/1"), about)


def test_one_bit_altered_is_noticed() -> None:
    box = Seal(lambda: [NEW])
    sealed = box.seal("totp", b"plain", "account/1")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(Unsealable):
            box.unseal("totp", bytes(altered), "account/1")


def test_a_new_key_put_first_seals_and_the_old_one_still_opens() -> None:
    sealed = Seal(lambda: [OLD]).seal("totp", b"plain", "account/1")
    assert Seal(lambda: [NEW, OLD]).unseal("totp", sealed, "account/1") == b"plain"
    with pytest.raises(Unsealable):
        Seal(lambda: [NEW]).unseal("totp", sealed, "account/1")
    fresh = Seal(lambda: [NEW, OLD]).seal("totp", b"plain", "account/1")
    assert Seal(lambda: [NEW]).unseal("totp", fresh, "account/1") == b"plain"


def test_the_demonstration_makes_a_key_file_that_only_its_owner_reads(tmp_path: Path) -> None:
    path = made(tmp_path / "data" / "seal.key")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys_in(made(path)) == keys_in(path) and len(keys_in(path)[0]) == 64
    assert [child.name for child in path.parent.iterdir()] == ["seal.key"]


def core(tmp_path: Path, **told: object) -> Flask:
    return create_core(Settings(f"sqlite:///{tmp_path}/x.db", tmp_path, **told))  # type: ignore[arg-type]


def test_the_service_seals_with_its_secret_key_or_the_key_file(tmp_path: Path) -> None:
    file = made(tmp_path / "elsewhere.key")
    apps = [
        core(tmp_path, secret_key="k" * 32),
        core(tmp_path, secret_key="k" * 32, seal_key_file=file),
        core(tmp_path, demo=True),
    ]
    for app in apps:
        with app.app_context():
            sealed = seal("totp", b"plain", "account/1")
            assert unseal("totp", sealed, "account/1") == b"plain"
        for other in apps:
            if other is not app and (app, other) != (apps[0], apps[1]):
                with other.app_context(), pytest.raises(Unsealable):
                    unseal("totp", sealed, "account/1")


def test_a_key_file_that_comes_later_leaves_readable_what_the_secret_key_sealed(tmp_path: Path) -> None:
    with core(tmp_path, secret_key="k" * 32).app_context():
        sealed = seal("totp", b"plain", "account/1")
    later = core(tmp_path, secret_key="k" * 32, seal_key_file=made(tmp_path / "elsewhere.key"))
    with later.app_context():
        assert unseal("totp", sealed, "account/1") == b"plain"


def test_without_a_key_nothing_is_sealed(tmp_path: Path) -> None:
    with core(tmp_path).app_context(), pytest.raises(Unsafe, match="MEETINGSVC_SEAL_KEY_FILE"):
        seal("totp", b"plain", "account/1")


@pytest.mark.parametrize(
    "content, mode, fault",
    [
        (b"k" * 32, 0o644, "can be read by others"),
        (b"short", 0o600, "a short one"),
        (None, 0, "cannot be read"),
    ],
)
def test_the_service_refuses_to_start_with_an_unfit_key_file(
    tmp_path: Path, content: bytes | None, mode: int, fault: str
) -> None:
    path = tmp_path / "seal.key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    settings = Settings("sqlite://", tmp_path, secret_key="k" * 32, seal_key_file=path)
    with pytest.raises(Unsafe, match=fault):
        settings.refuse_unsafe()
